from django.urls import path

from capture.channel_rules import recount_views, views

app_name = "channels"
urlpatterns = [
    path("", views.rule_list, name="list"),
    path("new/", views.rule_new, name="new"),
    path("recount/", recount_views.recount_page, name="recount"),
    path("recount/try/", recount_views.recount_try, name="recount_try"),
    path("recount/start/", recount_views.recount_start, name="recount_start"),
    path("spelling/", views.spelling, name="spelling"),
    path("<uuid:public_id>/", views.rule_change, name="change"),
    path("<uuid:public_id>/up/", views.rule_up, name="up"),
]
