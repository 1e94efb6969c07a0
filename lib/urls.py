from django.urls import path

from lib import views

app_name = "lib"
urlpatterns = [path("components/", views.components, name="components")]
