from django.urls import path

from scoring import views
from scoring.advice.page import advice, advice_draft
from scoring.analysis_page import analysis_progress
from scoring.backtest.page import backtest
from scoring.by_hand import by_hand, take_back
from scoring.comparing import against, compare
from scoring.panel import panel
from scoring.start import start
from scoring.whatif.page import what_if
from scoring.whatif.version_page import version_what_if

app_name = "scoring"
urlpatterns = [
    path("", views.agreement, name="agreement"),
    path("panel/<uuid:public_id>/", panel, name="panel"),
    path("panel/<uuid:public_id>/by-hand/", by_hand, name="by_hand"),
    path("panel/<uuid:public_id>/by-hand/take-back/", take_back, name="take_back"),
    path("progress/", views.progress, name="progress"),
    path("start/", start, name="start"),
    path("what-if/", what_if, name="what_if"),
    path("analysis/<uuid:public_id>/", analysis_progress, name="analysis"),
    path("advice/", advice, name="advice"),
    path("advice/<uuid:public_id>/draft/", advice_draft, name="advice_draft"),
    path("compare/", compare, name="compare"),
    path("<int:number>/", views.version, name="version"),
    path("<int:number>/backtest/", backtest, name="backtest"),
    path("<int:number>/what-if/", version_what_if, name="version_what_if"),
    path("<int:number>/against/<int:other>/", against, name="difference"),
    path("<int:number>/comments/", views.say, name="say"),
    path("<int:number>/<slug:name>/", views.step, name="step"),
]
