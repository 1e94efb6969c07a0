"""Messages that are owed: looked up, and sent again."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from handoff import deliveries
from handoff.admin.access import Record
from handoff.models import Delivery


@admin.register(Delivery)
class DeliveryAdmin(Record, admin.ModelAdmin[Delivery]):
    list_display = ("kind", "recipient", "state", "attempts", "created_at", "next_try_at", "sent_at")
    list_filter = ("state", "kind")
    list_select_related = ("recipient",)
    ordering = ("-created_at", "-pk")
    actions = ("send_again",)

    @admin.action(description=_("Send again"))
    def send_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        count = deliveries.send_again(queryset, now=timezone.now())
        text = ngettext("%d message is sent within seconds.", "%d messages are sent within seconds.", count)
        messages.info(request, text % count)
