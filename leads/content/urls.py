from django.urls import path

from leads.views import content

app_name = "content"
urlpatterns = [
    path("", content.content_library, name="library"),
    path("new/", content.content_new, name="new"),
    path("list/", content.content_audit, name="audit"),
    path("<uuid:public_id>/", content.content_edit, name="edit"),
    path("<uuid:public_id>/archive/", content.content_archive, name="archive"),
]
