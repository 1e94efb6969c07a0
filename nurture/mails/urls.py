from django.urls import path

from nurture.views import mail_preview, mails

app_name = "mails"
urlpatterns = [
    path("", mails.mail_list, name="list"),
    path("new/", mails.mail_new, name="new"),
    path("<uuid:public_id>/", mails.mail_detail, name="detail"),
    path("<uuid:public_id>/write/", mails.mail_write, name="write"),
    path("<uuid:public_id>/approve/", mails.mail_approve, name="approve"),
    path("<uuid:public_id>/preview/", mail_preview.preview, name="preview"),
    path("<uuid:public_id>/page/", mail_preview.page, name="page"),
    path("<uuid:public_id>/test/", mail_preview.send_test, name="test"),
]
