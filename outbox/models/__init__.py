from outbox.models.deliveries import Delivery
from outbox.models.notices import ChatWebhook, News, Notice, NoticeChoice, QuietHours

__all__ = ["ChatWebhook", "Delivery", "News", "Notice", "NoticeChoice", "QuietHours"]
