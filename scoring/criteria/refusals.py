"""Whether a rule can be evaluated and a draft be proposed; if not, which field is at fault and what to do.

Each check returns {field: sentence}; the admin shows it at the field, `propose` refuses with it.
"""

from django.utils.translation import gettext as _

from lib.numbers import number
from scoring.engine.definition import Definition, load
from scoring.lint.reachable_points import needs_more_than, sum_of_points
from scoring.models import Criteria, Rule
from scoring.models.criteria import MOST_RULES
from scoring.registry import fit_fields
from scoring.registry.measures import MEASURES

Problems = dict[str, str]


def behaviour_problems(rule: Rule) -> Problems:
    """Filters that exclude each other, and counts that can never be reached."""
    problems: Problems = {}
    if rule.asset_id and rule.asset_kind:
        problems["asset_kind"] = _("Choose one asset or a kind of asset, not both. Empty one of the two.")
    if rule.page_id and rule.page_category:
        problems["page_category"] = _("Choose one page or a kind of page, not both. Empty one of the two.")
    if rule.page_id and rule.on_key_page:
        problems["on_key_page"] = _("Choose one page or all key pages, not both. Empty one of the two.")
    counted = MEASURES[rule.measure]
    if rule.half_life_days and not counted.can_fade:
        problems["half_life_days"] = _("Only times and seconds fade. Empty this field, or count times or seconds.")
    if counted.only_one and getattr(rule, counted.only_one.filter) and rule.at_least * rule.max_times > 1:
        problems["measure"] = str(counted.only_one.problem)
    return problems


def fit_problems(rule: Rule) -> Problems:
    """A field, a condition and values that do not belong together, or a field that no rule may ask about."""
    barred = fit_fields.barred(rule.field)
    if barred:
        return {"field": barred}
    try:
        fit_fields.clean_condition(rule.field, rule.operator, rule.values)
    except fit_fields.UnknownField as unknown:
        return {"field": _("%(problem)s Choose one from the list.") % {"problem": unknown}}
    except fit_fields.UnfitCondition as unfit:
        return {unfit.where: _fit_advice(rule, unfit)}
    return {}


def combination_problems(criteria_id: int | None, needed: list[Rule]) -> Problems:
    """A combination of nothing, of other combinations, of rules not in use or of another version's rules."""
    if len(needed) < 2:
        return {"requires": _("A combination needs at least two rules. Choose them from the list.")}
    for rule in needed:
        if rule.criteria_id != criteria_id or rule.kind == Rule.Kind.COMBINATION:
            return {"requires": _("Choose behaviour and fit rules of this version only.")}
        if not rule.is_enabled:
            return {
                "requires": _("“%(name)s” is not in use, so this could never match. Use it again or choose another.")
                % {"name": rule.name}
            }
    return {}


def problems_of(criteria: Criteria) -> list[str]:
    """Why this draft cannot be proposed, a sentence each; empty when it can."""
    rules = list(criteria.rules.all())
    enabled = [rule for rule in rules if rule.is_enabled]
    problems = []
    if not criteria.sentence.strip():
        problems.append(_("Say in one sentence when a lead is ready."))
    problems += [
        _("“%(key)s” cannot be needed before sales may call. Choose from the list.") % {"key": key[:50]}
        for key in criteria.required_fields
        if key not in dict(fit_fields.required_choices(criteria.required_fields))
    ]
    if not enabled:
        problems.append(_("There is no rule in use. Add at least one."))
    if len(rules) > MOST_RULES:
        problems.append(too_many_rules(len(rules)))
    for rule in enabled:
        problems += [f"“{rule.name}”: {sentence}" for sentence in _problems(rule).values()]
    if enabled and needs_more_than(most := sum_of_points(definition := load(criteria)), definition):
        problems.append(out_of_reach(definition, most))
    return problems


def problems_by_rule(criteria: Criteria) -> dict[int, list[str]]:
    """What is wrong with each rule in use, by its key; rules without a fault are left out."""
    by_rule = {rule.pk: list(_problems(rule).values()) for rule in criteria.rules.all() if rule.is_enabled}
    return {key: sentences for key, sentences in by_rule.items() if sentences}


def out_of_reach(definition: Definition, most: int) -> str:
    return _(
        "No lead can reach %(threshold)s points: all rules together bring %(most)s at most. Lower the threshold."
    ) % {"threshold": number(definition.criteria.threshold), "most": number(most)}


def too_many_rules(number: int) -> str:
    return _("A version has at most %(most)d rules; these are %(number)d. Delete some.") % {
        "most": MOST_RULES,
        "number": number,
    }


def _problems(rule: Rule) -> Problems:
    match rule.kind:
        case Rule.Kind.FIT:
            return fit_problems(rule)
        case Rule.Kind.COMBINATION:
            return combination_problems(rule.criteria_id, list(rule.requires.all()))
    return behaviour_problems(rule)


def _fit_advice(rule: Rule, unfit: fit_fields.UnfitCondition) -> str:
    if unfit.where != "operator":
        return str(unfit)
    suitable = ", ".join(f"“{operator.label}”" for operator in fit_fields.field(rule.field).operators)
    return _("This condition does not suit the field. Choose one of %(suitable)s.") % {"suitable": suitable}
