from django.urls import re_path

from capture.segment import views

app_name = "segment"
# The words of the HTTP API, and the letters of the browser's client.
urlpatterns = [
    re_path(
        r"^(?P<kind>identify|track|page|screen|group|alias|batch|import|[itpsgamb])$", views.receive, name="receive"
    )
]
