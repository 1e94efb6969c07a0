from outbox.models.chat_webhooks import ChatWebhook
from outbox.models.deliveries import Attempt, Delivery
from outbox.models.letters import Letter
from outbox.models.mail_tests import MailTest
from outbox.models.notices import Notice, NoticeChoice
from outbox.models.quiet_hours import QuietHours

__all__ = ["Attempt", "ChatWebhook", "Delivery", "Letter", "MailTest", "Notice", "NoticeChoice", "QuietHours"]
