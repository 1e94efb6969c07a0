"""The addresses of the bell and of who is told what."""

from django.urls import path

from outbox.views import mail_test, notice_settings, notices

app_name = "notices"
urlpatterns = [
    path("", notices.notice_list, name="list"),
    path("count/", notices.count, name="count"),
    path("read/", notices.read_all, name="read_all"),
    path("<int:pk>/open/", notices.open_notice, name="open"),
    path("about/<str:subject>/", notices.seen, name="seen"),
    path("settings/", notice_settings.settings_page, name="settings"),
    path("mail-test/", mail_test.mail_test, name="mail_test"),
    path("settings/chat/", notice_settings.webhook, name="webhook"),
    path("settings/chat/test/", notice_settings.webhook_test, name="webhook_test"),
    path("settings/chat/remove/", notice_settings.webhook_remove, name="webhook_remove"),
]
