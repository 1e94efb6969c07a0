from django.urls import path

from leads.views import by_hand, consent, duplicates, exports, leads, outcomes, privacy

app_name = "leads"
urlpatterns = [
    path("duplicates/", duplicates.duplicates, name="duplicates"),
    path("duplicates/certain/", duplicates.merge_certain, name="merge_certain"),
    path("duplicates/<uuid:public_id>/", duplicates.duplicate, name="duplicate"),
    path("duplicates/<uuid:public_id>/not-the-same/", duplicates.not_the_same, name="not_the_same"),
    path("merges/<uuid:public_id>/undo/", duplicates.undo_merge, name="undo_merge"),
    path("", leads.lead_list, name="list"),
    path("new/", leads.lead_new, name="new"),
    path("export/", exports.lead_export, name="export"),
    path("<uuid:public_id>/", leads.lead_detail, name="detail"),
    path("<uuid:public_id>/edit/", leads.lead_edit, name="edit"),
    path("<uuid:public_id>/log/", by_hand.log, name="log"),
    path("<uuid:public_id>/log/<int:activity_id>/take-back/", by_hand.take_back, name="take_back"),
    path("<uuid:public_id>/privacy/", privacy.lead_privacy, name="privacy"),
    path("<uuid:public_id>/privacy/copy/", privacy.lead_copy, name="copy"),
    path("<uuid:public_id>/consent/", consent.lead_consent, name="consent"),
    path("<uuid:public_id>/outcome/<slug:kind>/", outcomes.lead_outcome, name="outcome"),
]
