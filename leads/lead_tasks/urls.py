from django.urls import path

from leads.views import lead_tasks

app_name = "tasks"
urlpatterns = [
    path("", lead_tasks.task_list, name="list"),
    path("count/", lead_tasks.task_count, name="count"),
]
