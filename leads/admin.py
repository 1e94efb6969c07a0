"""What marketers and administrators keep in order by hand. Leads themselves are changed on their page."""

from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.admin import RoleAdmin
from accounts.models import User
from accounts.roles import ADMINISTRATOR, MANAGING, MARKETING, SALES_MANAGER
from leads.events import Agent
from leads.models import (
    Activity,
    ActivityType,
    Asset,
    Campaign,
    Channel,
    Company,
    Lead,
    Page,
    QuarantinedEvent,
    Spend,
)
from leads.normalise import Refusal, email_key
from leads.quarantine import replay
from leads.signals import catalogue_changed
from leads.verdicts import MOST_AT_ONCE, decide, impact
from lib.templatetags.look import number


class MarketingAdmin(RoleAdmin):
    viewers = (SALES_MANAGER,)
    editors = (MARKETING, ADMINISTRATOR)


class ReadOnlyAdmin(RoleAdmin):
    """Rows that only the domain functions write."""

    viewers = MANAGING
    editors = ()


class KeptAdmin(MarketingAdmin):
    """What reports and rules refer to is renamed or merged, never deleted.

    A change of a `meaning` is news: what leads did means something else now.
    """

    meaning: ClassVar[frozenset[str]] = frozenset()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001
        with transaction.atomic():
            obj.save()
            if change and self.meaning.intersection(form.changed_data):
                catalogue_changed.send(sender=type(obj), now=timezone.now())

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Channel)
class ChannelAdmin(KeptAdmin, admin.ModelAdmin[Channel]):
    list_display = ("name", "key", "mapping", "counts_as")
    list_filter = ("needs_mapping",)
    list_select_related = ("counts_as",)
    search_fields = ("name", "key")
    autocomplete_fields = ("counts_as",)
    actions = ("keep_as_it_is",)
    meaning = frozenset({"counts_as"})

    @admin.display(description=_("to be mapped"), ordering="needs_mapping")
    def mapping(self, channel: Channel) -> str:
        return gettext("say what it counts as, or keep it") if channel.needs_mapping else ""

    @admin.action(description=_("Keep as channels of their own"))
    def keep_as_it_is(self, request: HttpRequest, queryset: QuerySet[Channel]) -> None:
        queryset.update(needs_mapping=False)
        self.message_user(request, gettext("They are channels of their own from now on."))

    def save_model(self, request: HttpRequest, obj: Channel, form: Any, change: bool) -> None:  # noqa: FBT001
        if obj.counts_as_id:
            obj.needs_mapping = False
        super().save_model(request, obj, form, change)


@admin.register(Campaign)
class CampaignAdmin(KeptAdmin, admin.ModelAdmin[Campaign]):
    list_display = ("name", "key", "channel", "starts_on", "ends_on")
    list_select_related = ("channel",)
    search_fields = ("name", "key")
    autocomplete_fields = ("channel",)


@admin.register(Spend)
class SpendAdmin(MarketingAdmin, admin.ModelAdmin[Spend]):
    list_display = ("channel", "campaign", "starts_on", "ends_on", "amount", "currency")
    list_select_related = ("channel", "campaign")
    autocomplete_fields = ("channel", "campaign")
    date_hierarchy = "starts_on"


@admin.register(Asset)
class AssetAdmin(KeptAdmin, admin.ModelAdmin[Asset]):
    list_display = ("name", "key", "kind", "funnel_stage", "is_gated")
    meaning = frozenset({"kind"})
    list_filter = ("kind", "funnel_stage", "is_gated")
    search_fields = ("name", "key")


@admin.register(Page)
class PageAdmin(KeptAdmin, admin.ModelAdmin[Page]):
    list_display = ("key", "title", "category", "funnel_stage")
    meaning = frozenset({"category"})
    list_filter = ("category", "funnel_stage")
    search_fields = ("key", "title")


@admin.register(ActivityType)
class ActivityTypeAdmin(KeptAdmin, admin.ModelAdmin[ActivityType]):
    list_display = ("name", "key", "effort", "is_active")
    list_filter = ("effort", "is_active")
    search_fields = ("name", "key")


@admin.register(Company)
class CompanyAdmin(ReadOnlyAdmin, admin.ModelAdmin[Company]):
    list_display = ("name", "domain", "industry", "employees", "country")
    search_fields = ("name", "domain")


@admin.register(Lead)
class LeadAdmin(ReadOnlyAdmin, admin.ModelAdmin[Lead]):
    list_display = ("name", "email", "company", "stage", "status", "created_at")
    list_filter = ("stage", "status")
    list_select_related = ("company",)
    search_fields = ("email", "first_name", "last_name", "external_id")


@admin.register(Activity)
class ActivityAdmin(ReadOnlyAdmin, admin.ModelAdmin[Activity]):
    list_display = ("lead", "type", "occurred_at", "page", "asset", "machine")
    list_filter = ("machine", "type")
    list_select_related = ("lead", "type", "page", "asset")
    search_fields = ("lead__email_key__exact",)
    search_help_text = _("The whole e-mail address of a lead.")
    # By key: the newest received come first without sorting millions of rows.
    ordering = ("-pk",)
    show_full_result_count = False
    actions = ("by_person", "by_program")

    def get_actions(self, request: HttpRequest) -> Any:
        return super().get_actions(request) if self._is(request, (MARKETING, ADMINISTRATOR)) else {}

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Activity], search_term: str
    ) -> tuple[QuerySet[Activity], bool]:
        try:
            return (queryset.filter(lead__email_key=email_key(search_term)) if search_term else queryset), False
        except Refusal:
            return queryset.none(), False

    @admin.action(description=_("A person did this"))
    def by_person(self, request: HttpRequest, queryset: QuerySet[Activity]) -> HttpResponse | None:
        return self._decide(request, queryset, by_person=True)

    @admin.action(description=_("A program did this"))
    def by_program(self, request: HttpRequest, queryset: QuerySet[Activity]) -> HttpResponse | None:
        return self._decide(request, queryset, by_person=False)

    def _decide(self, request: HttpRequest, queryset: QuerySet[Activity], *, by_person: bool) -> HttpResponse | None:
        """Says what would change and asks; when it is confirmed, makes the one domain call and says how many."""
        chosen = list(queryset.order_by("-pk").values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
        if len(chosen) > MOST_AT_ONCE:
            too_many = gettext("Choose at most %(most)s activities at a time.")
            self.message_user(request, too_many % {"most": number(MOST_AT_ONCE)}, messages.ERROR)
            return None
        if "confirmed" not in request.POST:
            context = {
                **self.admin_site.each_context(request),
                "title": gettext("A person did this") if by_person else gettext("A program did this"),
                "opts": self.opts,
                "chosen": chosen,
                "impact": impact(chosen, by_person=by_person),
                "by_person": by_person,
                "action": "by_person" if by_person else "by_program",
            }
            return TemplateResponse(request, "admin/leads/activity/decide.html", context)
        agent = Agent(user=cast("User", request.user))
        changed = decide(activity_ids=chosen, by_person=by_person, agent=agent, now=timezone.now())
        told = ngettext("%d activity was decided otherwise.", "%d activities were decided otherwise.", changed)
        self.message_user(request, told % changed if changed else gettext("That is how it was already."))
        return None


@admin.register(QuarantinedEvent)
class QuarantinedEventAdmin(ReadOnlyAdmin, admin.ModelAdmin[QuarantinedEvent]):
    list_display = ("received_at", "source", "code", "field", "detail", "replayed_at")
    list_filter = ("code", "source")
    actions = ("send_again",)

    @admin.action(description=_("Send the selected events again"))
    def send_again(self, request: HttpRequest, queryset: QuerySet[QuarantinedEvent]) -> None:
        if not cast("User", request.user).has_role(MARKETING, ADMINISTRATOR):
            raise PermissionDenied
        agent, now = Agent(user=cast("User", request.user)), timezone.now()
        results = [replay(kept, agent=agent, now=now) for kept in queryset.filter(replayed_at=None).order_by("pk")]
        refused = [result for result in results if isinstance(result, Refusal)]
        taken = len(results) - len(refused)
        messages.info(request, ngettext("%d event was taken.", "%d events were taken.", taken) % taken)
        for sentence in sorted({refusal.message for refusal in refused})[:5]:
            messages.warning(request, _("Still refused: %(why)s") % {"why": sentence})
