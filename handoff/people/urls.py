"""The addresses of people; the parts in angle brackets are public ids."""

from django.urls import path

from handoff.views.people import people

app_name = "people"
urlpatterns = [
    path("", people.people_list, name="list"),
    path("invite/", people.person_invite, name="invite"),
    path("<uuid:public_id>/", people.person_change, name="person"),
    path("<uuid:public_id>/leave/", people.person_leave, name="leave"),
    path("<uuid:public_id>/again/", people.invitation_again, name="again"),
    path("<uuid:public_id>/revoke/", people.invitation_revoke, name="revoke"),
]
