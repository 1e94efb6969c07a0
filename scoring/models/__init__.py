from scoring.models.analyses import Analysis
from scoring.models.criteria import Comment, Criteria, Signature, SourceBar
from scoring.models.overrides import Override
from scoring.models.personas import Persona, PersonaCondition
from scoring.models.recent_changes import RecentChange
from scoring.models.rescores import Rescore, RescoreChunk
from scoring.models.rules import BehaviourRule, CombinationRule, FitRule, Gate, Rule
from scoring.models.score_requests import ScoreRequest
from scoring.models.scores import Score, ScoreChange, Why

__all__ = [
    "Analysis",
    "BehaviourRule",
    "CombinationRule",
    "Comment",
    "Criteria",
    "FitRule",
    "Gate",
    "Override",
    "Persona",
    "PersonaCondition",
    "RecentChange",
    "Rescore",
    "RescoreChunk",
    "Rule",
    "Score",
    "ScoreChange",
    "ScoreRequest",
    "Signature",
    "SourceBar",
    "Why",
]
