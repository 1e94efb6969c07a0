from django.urls import path

from config.help import views

app_name = "help"
urlpatterns = [
    path("", views.index, name="index"),
    path("glossary/", views.terms, name="glossary"),
    path("<slug:key>/", views.page, name="document"),
]
