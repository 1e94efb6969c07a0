from django.urls import path

from scoring.views import criteria, editor
from scoring.views.advice import advice, advice_draft
from scoring.views.analysis import analysis_progress
from scoring.views.backtest import backtest
from scoring.views.comparing import against, compare
from scoring.views.draft_counts import margin, matching, meaning, suggested
from scoring.views.panel import panel
from scoring.views.points_by_hand import by_hand, take_back
from scoring.views.start import start
from scoring.views.whatif import what_if
from scoring.views.whatif_version import version_what_if

app_name = "scoring"
urlpatterns = [
    path("", criteria.agreement, name="agreement"),
    path("panel/<uuid:public_id>/", panel, name="panel"),
    path("panel/<uuid:public_id>/by-hand/", by_hand, name="by_hand"),
    path("panel/<uuid:public_id>/by-hand/take-back/", take_back, name="take_back"),
    path("progress/", criteria.progress, name="progress"),
    path("start/", start, name="start"),
    path("what-if/", what_if, name="what_if"),
    path("analysis/<uuid:public_id>/", analysis_progress, name="analysis"),
    path("advice/", advice, name="advice"),
    path("advice/<uuid:public_id>/draft/", advice_draft, name="advice_draft"),
    path("compare/", compare, name="compare"),
    path("<int:number>/", criteria.version, name="version"),
    path("<int:number>/backtest/", backtest, name="backtest"),
    path("<int:number>/what-if/", version_what_if, name="version_what_if"),
    path("<int:number>/against/<int:other>/", against, name="difference"),
    path("<int:number>/comments/", criteria.say, name="say"),
    path("<int:number>/settings/", editor.settings, name="settings"),
    path("<int:number>/undo/", editor.undo_last, name="undo"),
    path("<int:number>/meaning/", meaning, name="meaning"),
    path("<int:number>/margin/", margin, name="margin"),
    path("<int:number>/rules/new/<slug:kind>/", editor.new_rule, name="new_rule"),
    path("<int:number>/rules/<int:rule_id>/", editor.rule, name="rule"),
    path("<int:number>/rules/<int:rule_id>/arrange/", editor.arrange, name="arrange"),
    path("<int:number>/thresholds/new/", editor.new_bar, name="new_bar"),
    path("<int:number>/thresholds/<int:bar_id>/", editor.bar, name="bar"),
    path("<int:number>/thresholds/<int:bar_id>/remove/", editor.remove_bar, name="remove_bar"),
    path("<int:number>/matching/<slug:kind>/", matching, name="matching"),
    path("<int:number>/suggested/<slug:what>/", suggested, name="suggested"),
    path("<int:number>/<slug:name>/", criteria.step, name="step"),
]
