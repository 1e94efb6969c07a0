from django.urls import path

from capture.views import machines

app_name = "machines"
urlpatterns = [
    path("lead/<uuid:public_id>/", machines.of_lead, name="of_lead"),
    path("lead/<uuid:public_id>/by-a-person/", machines.by_person, name="by_person"),
]
