from django.urls import path

from capture.tracking import collector, script

app_name = "tracking"
urlpatterns = [
    path("<slug:slug>/b.js", script.script, name="script"),
    path("<slug:slug>/e", collector.collect, name="collect"),
]
