from django.urls import path

from capture.sites import candidate_views, event_views, page_views, views

app_name = "connect"
urlpatterns = [
    path("", views.site_list, name="list"),
    path("pages/", page_views.pages, name="pages"),
    path("pages/sort/", page_views.pages_sort, name="pages_sort"),
    path("pages/<int:pk>/up/", page_views.page_rule_up, name="page_rule_up"),
    path("pages/<int:pk>/remove/", page_views.page_rule_remove, name="page_rule_remove"),
    path("candidates/", candidate_views.candidates, name="candidates"),
    path("candidates/<int:pk>/", candidate_views.candidate_decide, name="candidate_decide"),
    path("<slug:slug>/", views.site_detail, name="detail"),
    path("<slug:slug>/live/", views.site_live, name="live"),
    path("<slug:slug>/events/", event_views.events, name="events"),
    path("<slug:slug>/events/replay/", event_views.event_replay, name="event_replay"),
    path("<slug:slug>/events/<int:pk>/remove/", event_views.event_remove, name="event_remove"),
    path("<slug:slug>/settings/", views.site_settings, name="settings"),
    path("<slug:slug>/server-key/", views.server_key, name="server_key"),
]
