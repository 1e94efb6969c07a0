"""What came in and needs a person's decision: who did it, and what to do with what could not be used."""

from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import EDITING
from capture.models import DataCentreRange, MailDomain, QuarantinedEvent
from capture.quarantine import replay
from capture.verdicts import MOST_AT_ONCE, decide, impact
from leads.admin import MarketingAdmin, ReadOnlyAdmin
from leads.events import Agent
from leads.models import Activity
from leads.normalise import Refusal, email_key
from lib import clock
from lib.numbers import number


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
        return super().get_actions(request) if self._is(request, EDITING) else {}

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
        changed = decide(activity_ids=chosen, by_person=by_person, agent=agent, now=clock.now())
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
        if not cast("User", request.user).has_role(*EDITING):
            raise PermissionDenied
        agent, now = Agent(user=cast("User", request.user)), clock.now()
        results = [replay(event, agent=agent, now=now) for event in queryset.filter(replayed_at=None).order_by("pk")]
        refused = [result for result in results if isinstance(result, Refusal)]
        count = len(results) - len(refused)
        messages.info(request, ngettext("%d event was taken.", "%d events were taken.", count) % count)
        for sentence in sorted({refusal.message for refusal in refused})[:5]:
            messages.warning(request, _("Still refused: %(why)s") % {"why": sentence})


@admin.register(MailDomain)
class MailDomainAdmin(MarketingAdmin, admin.ModelAdmin[MailDomain]):
    list_display = ("domain", "kind")
    list_filter = ("kind",)
    search_fields = ("domain",)


@admin.register(DataCentreRange)
class DataCentreRangeAdmin(MarketingAdmin, admin.ModelAdmin[DataCentreRange]):
    list_display = ("network", "owner", "has_people")
    list_filter = ("has_people", "owner")
    search_fields = ("network", "owner")
    show_full_result_count = False
