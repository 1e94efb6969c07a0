from django.urls import path

from leads.views import companies, company_list

app_name = "companies"
urlpatterns = [
    path("", company_list.company_list, name="list"),
    path("<uuid:public_id>/", companies.company_detail, name="detail"),
    path("<uuid:public_id>/edit/", companies.company_edit, name="edit"),
    path("<uuid:public_id>/corrections/<int:change_id>/", companies.undo_correction, name="undo_correction"),
]
