from outbox.models.deliveries import Attempt, Delivery
from outbox.models.notices import ChatWebhook, Notice, NoticeChoice, QuietHours

__all__ = ["Attempt", "ChatWebhook", "Delivery", "Notice", "NoticeChoice", "QuietHours"]
