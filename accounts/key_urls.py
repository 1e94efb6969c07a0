"""The addresses of API keys; the part in angle brackets is a public id."""

from django.urls import path

from accounts import key_views

app_name = "keys"
urlpatterns = [
    path("", key_views.key_list, name="list"),
    path("<uuid:public_id>/revoke/", key_views.key_revoke, name="revoke"),
]
