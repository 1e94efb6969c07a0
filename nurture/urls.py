from django.urls import path

from nurture.views import lists, segments

app_name = "nurture"
urlpatterns = [
    path("", segments.segment_list, name="list"),
    path("new/", segments.segment_new, name="new"),
    path("lists/new/", lists.list_new, name="list_new"),
    path("chosen/<uuid:choice_id>/add/", lists.add, name="add"),
    path("chosen/<uuid:choice_id>/take-off/", lists.take_off, name="take_off"),
    path("<uuid:public_id>/", segments.segment_detail, name="detail"),
    path("<uuid:public_id>/change/", segments.segment_change, name="change"),
    path("<uuid:public_id>/build/", segments.segment_build, name="build"),
    path("<uuid:public_id>/delete/", segments.segment_delete, name="delete"),
]
