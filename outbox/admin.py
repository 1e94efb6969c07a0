"""Messages that are owed: looked up, sent again and stopped; and the chats they go to."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from accounts.admin import RoleAdmin
from accounts.roles import ADMINISTRATOR, SALES_MANAGER
from lib import clock
from outbox import deliveries, webhooks
from outbox.forms import TeamWebhookForm
from outbox.kinds import kind_of
from outbox.models import Attempt, ChatWebhook, Delivery
from outbox.transports import chat


class AttemptInline(RoleAdmin, admin.TabularInline[Attempt, Delivery]):
    """What came of each attempt, in order; the application writes it."""

    viewers: ClassVar[tuple[str, ...]] = (SALES_MANAGER, ADMINISTRATOR)
    editors: ClassVar[tuple[str, ...]] = ()
    model = Attempt
    fields = ("began_at", "milliseconds", "status", "answer", "is_permanent")


@admin.register(Delivery)
class DeliveryAdmin(RoleAdmin, admin.ModelAdmin[Delivery]):
    """Read only: the application writes them."""

    viewers: ClassVar[tuple[str, ...]] = (SALES_MANAGER, ADMINISTRATOR)
    editors: ClassVar[tuple[str, ...]] = ()
    inlines = (AttemptInline,)
    list_display = ("kind", "recipient", "webhook", "state", "attempts", "created_at", "sent_at")
    list_filter = ("state", "kind", ("webhook", admin.EmptyFieldListFilter), "created_at")
    list_select_related = ("recipient", "webhook")
    search_fields = ("recipient__email", "recipient__name", "webhook__name")
    search_help_text = gettext_lazy("By name or address of the recipient, or name of the chat.")
    ordering = ("-pk",)
    actions = ("send_again", "stop")
    fields = (
        "kind", "transport", "recipient", "webhook", "subject", "path", "facts", "state", "attempts", "created_at",
        "next_try_at", "lease_until", "sent_at", "gathered_in", "last_error", "public_id",
    )  # fmt: skip

    @admin.action(description=gettext_lazy("Send again"))
    def send_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        count = deliveries.send_again(queryset, now=clock.now())
        text = ngettext("%d message is sent within seconds.", "%d messages are sent within seconds.", count)
        messages.info(request, text % count)

    @admin.action(description=gettext_lazy("Stop"))
    def stop(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> HttpResponse | None:
        """Asks first, with the counts; messages that were sent or given up already stay as they are."""
        now = clock.now()
        if request.POST.get("confirmed"):
            count = deliveries.stop(queryset, now=now)
            text = ngettext("%d message is not sent any more.", "%d messages are not sent any more.", count)
            messages.info(request, text % count)
            return None
        counted = deliveries.to_stop(queryset, now=now).values_list("kind").annotate(count=Count("pk")).order_by("kind")
        counts = [(capfirst(str(kind_of(kind).label)), count) for kind, count in counted]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Stop messages"),
            "counts": counts,
            "total": sum(count for _kind, count in counts),
            "chosen": queryset.count(),
            "selected": request.POST.getlist("_selected_action"),
            "select_across": request.POST.get("select_across", "0"),
        }
        return TemplateResponse(request, "admin/outbox/delivery/stop.html", context)


@admin.register(ChatWebhook)
class ChatWebhookAdmin(RoleAdmin, admin.ModelAdmin[ChatWebhook]):
    """Team channels. A person's own webhook is listed, and can be switched off; its address is theirs."""

    viewers: ClassVar[tuple[str, ...]] = ()
    editors: ClassVar[tuple[str, ...]] = (SALES_MANAGER, ADMINISTRATOR)
    form = TeamWebhookForm
    list_display = ("name", "product", "owner", "is_active", "failing_since", "last_error")
    list_filter = ("is_active", "product", ("owner", admin.EmptyFieldListFilter))
    list_select_related = ("owner",)
    search_fields = ("name", "owner__name", "owner__email")
    change_form_template = "admin/outbox/chatwebhook/change_form.html"

    def has_delete_permission(self, request: HttpRequest, obj: ChatWebhook | None = None) -> bool:
        """It is switched off: what was sent there names it."""
        return False

    def get_fields(self, request: HttpRequest, obj: ChatWebhook | None = None) -> Any:
        if obj is None:
            return ("name", "product", "url", "kinds", "is_active")
        if obj.owner_id is not None:
            return ("name", "product", "owner", "address", "is_active", "failing_since", "last_error")
        return ("name", "product", "url", "kinds", "is_active", "failing_since", "last_error")

    def get_form(
        self,
        request: HttpRequest,
        obj: ChatWebhook | None = None,
        change: bool = False,  # noqa: FBT001, FBT002 (Django's signature)
        **kwargs: Any,
    ) -> Any:
        """A person's own has neither an address nor kinds to fill in here."""
        if obj is not None and obj.owner_id is not None:
            kwargs["form"] = forms.ModelForm
        return super().get_form(request, obj, change, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: ChatWebhook | None = None) -> Any:
        if obj is not None and obj.owner_id is not None:
            return ("name", "product", "owner", "address", "failing_since", "last_error")
        return ("failing_since", "last_error")

    @admin.display(description=gettext_lazy("address"))
    def address(self, webhook: ChatWebhook) -> str:
        return webhooks.masked(webhook)

    def save_model(self, request: HttpRequest, obj: ChatWebhook, form: Any, change: bool) -> None:  # noqa: FBT001
        """What is put in use again begins anew."""
        if obj.is_active and "is_active" in form.changed_data:
            webhooks.begin_anew(obj)
        super().save_model(request, obj, form, change)

    def get_urls(self) -> list[URLPattern]:
        test = path(
            "<int:pk>/test/",
            self.admin_site.admin_view(require_POST(self.test)),
            name="outbox_chatwebhook_test",
        )
        return [test, *super().get_urls()]

    def test(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Posts a test message to a team's channel and says what came back."""
        webhook = get_object_or_404(ChatWebhook, pk=pk, owner=None)
        page = reverse("admin:outbox_chatwebhook_change", args=[pk])
        if not self.has_change_permission(request, webhook):
            return redirect("admin:index")
        problem = chat.try_out(webhook, path=reverse("notices:list"), now=clock.now())
        if problem:
            messages.error(request, _("The test message was not taken: %(problem)s") % {"problem": problem})
        else:
            messages.info(request, _("The test message was taken. Look into the channel."))
        return redirect(page)
