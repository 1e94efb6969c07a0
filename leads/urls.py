from django.urls import URLPattern, path

from leads.views import (
    acting,
    address,
    bulk,
    by_hand,
    consent,
    correcting,
    duplicates,
    lead_tasks,
    leads,
    outcomes,
    privacy,
    saved_views,
    suggestions,
)
from leads.views.duplicate_kinds import COMPANY, LEADS, Kind


def _of_duplicates(kind: Kind, under: str, merges: str) -> list[URLPattern]:
    about, name = {"kind": kind}, kind.prefix
    return [
        path(under, duplicates.duplicates, about, name=f"{name}duplicates"),
        path(f"{under}certain/", duplicates.merge_certain, about, name=f"{name}merge_certain"),
        path(f"{under}<uuid:public_id>/", duplicates.duplicate, about, name=f"{name}duplicate"),
        path(f"{under}<uuid:public_id>/not-the-same/", duplicates.not_the_same, about, name=f"{name}not_the_same"),
        path(f"{merges}<uuid:public_id>/undo/", duplicates.undo_merge, about, name=f"{name}undo_merge"),
    ]


app_name = "leads"
urlpatterns = [
    *_of_duplicates(LEADS, "duplicates/", "merges/"),
    *_of_duplicates(COMPANY, "duplicates/companies/", "company-merges/"),
    path("", leads.lead_list, name="list"),
    path("columns/", leads.lead_columns, name="columns"),
    path("new/", leads.lead_new, name="new"),
    path("suggest/", suggestions.suggest, name="suggest"),
    path("chosen/", bulk.bulk_choose, name="bulk_choose"),
    path("chosen/<uuid:public_id>/", bulk.bulk, name="bulk"),
    path("chosen/<uuid:public_id>/do/", bulk.bulk_do, name="bulk_do"),
    path("chosen/<uuid:public_id>/undo/", bulk.bulk_undo, name="bulk_undo"),
    path("views/new/", saved_views.view_new, name="view_new"),
    path("views/counts/", saved_views.view_counts, name="view_counts"),
    path("views/<uuid:public_id>/change/", saved_views.view_change, name="view_change"),
    path("views/<uuid:public_id>/take/", saved_views.view_take, name="view_take"),
    path("views/<uuid:public_id>/delete/", saved_views.view_delete, name="view_delete"),
    path("<uuid:public_id>/", leads.lead_detail, name="detail"),
    path("<uuid:public_id>/note/", acting.note, name="note"),
    path("<uuid:public_id>/tasks/", lead_tasks.task_new, name="task_new"),
    path("<uuid:public_id>/tasks/<int:task_id>/", lead_tasks.task_edit, name="task_edit"),
    path("<uuid:public_id>/tasks/<int:task_id>/<slug:action>/", lead_tasks.task_act, name="task_act"),
    path("<uuid:public_id>/tasks/<int:task_id>/until/<slug:until>/", lead_tasks.task_put_off, name="task_put_off"),
    path("<uuid:public_id>/leave-alone/", acting.leave_alone, name="leave_alone"),
    path("<uuid:public_id>/merge/", acting.merge_with, name="merge_with"),
    path("<uuid:public_id>/news/", leads.lead_news, name="news"),
    path("<uuid:public_id>/edit/", correcting.lead_edit, name="edit"),
    path("<uuid:public_id>/corrections/<int:event_id>/", correcting.undo_correction, name="undo_correction"),
    path("<uuid:public_id>/address/ask/", address.ask_address_again, name="ask_address"),
    path("<uuid:public_id>/log/", by_hand.log, name="log"),
    path("<uuid:public_id>/log/<int:activity_id>/take-back/", by_hand.take_back, name="take_back"),
    path("<uuid:public_id>/privacy/", privacy.lead_privacy, name="privacy"),
    path("<uuid:public_id>/privacy/copy/", privacy.lead_copy, name="copy"),
    path("<uuid:public_id>/consent/", consent.lead_consent, name="consent"),
    path("<uuid:public_id>/outcome/<slug:kind>/", outcomes.lead_outcome, name="outcome"),
]
