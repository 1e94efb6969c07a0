from django.urls import path

from capture.hooks import mapping_views, views

app_name = "hooks"
urlpatterns = [
    path("", views.hook_list, name="list"),
    path("<uuid:public_id>/", views.detail, name="detail"),
    path("<uuid:public_id>/live/", views.live, name="live"),
    path("<uuid:public_id>/mapping/", mapping_views.mapping, name="mapping"),
    path("<uuid:public_id>/messages/<int:pk>/", mapping_views.message, name="message"),
    path("<uuid:public_id>/replay/", mapping_views.replay_waiting, name="replay"),
    path("<uuid:public_id>/settings/", views.settings, name="settings"),
    path("<uuid:public_id>/pause/", views.pause_or_resume, name="pause"),
    path("<uuid:public_id>/remove/", views.remove_hook, name="remove"),
]
