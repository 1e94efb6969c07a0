from scoring.models.criteria import Criteria, Signature, SourceBar
from scoring.models.rules import BehaviourRule, CombinationRule, FitRule, Gate, Measure, Rule
from scoring.models.scores import Score, ScoreRequest

__all__ = [
    "BehaviourRule",
    "CombinationRule",
    "Criteria",
    "FitRule",
    "Gate",
    "Measure",
    "Rule",
    "Score",
    "ScoreRequest",
    "Signature",
    "SourceBar",
]
