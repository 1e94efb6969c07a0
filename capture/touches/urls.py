from django.urls import path

from capture.touches import views

app_name = "touches"
urlpatterns = [path("lead/<uuid:public_id>/", views.of_lead, name="of_lead")]
