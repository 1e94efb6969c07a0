from django.urls import path

from capture.tracking import collector

app_name = "tracking"
urlpatterns = [path("<slug:slug>/e", collector.collect, name="collect")]
