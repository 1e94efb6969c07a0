"""What a form may say of a lead that is known: it fills what is blank, and changes nothing that is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from capture.web_forms.askables import Askable, askables
from leads.inputs import LeadInput
from leads.models import About, Company, Lead
from lib.folding import fold

# The attribute of LeadInput that takes fields of one's own.
_BAG: Final = {About.LEAD.value: "custom", About.COMPANY.value: "company_custom"}


@dataclass(slots=True)
class Told:
    """What intake is told, and what was sent but is known to be otherwise."""

    # By attribute of LeadInput.
    values: dict[str, Any]
    differences: dict[str, Any] = field(default_factory=dict)

    def lead_input(self) -> LeadInput:
        return LeadInput(**self.values)


def told(answers: Mapping[str, Any], known: Lead | None) -> Told:
    """What to tell of the lead. The caller holds `known` where there is one, so that it stays blank where it is."""
    about = [one for key, one in askables().items() if key in answers and key != "email"]
    result = Told({"email": answers["email"]})
    for one in about:
        if not one.is_of_company:
            _say(result, one, answers[one.key], known_value(one, known, known.company if known else None))
    _say_of_company(result, [one for one in about if one.is_of_company], answers, known)
    return result


def known_value(about: Askable, lead: Lead | None, company: Company | None) -> object:
    """What is known of what is asked; None or empty: nothing."""
    of = company if about.is_of_company else lead
    if of is None:
        return None
    if about.own is not None:
        return of.custom.get(about.own.key)
    if about.column == "company":
        return company.name if company else None
    return getattr(of, about.column)


def _say(result: Told, about: Askable, answer: Any, known: object) -> None:
    if known in (None, "", []):
        if about.own is None:
            result.values[about.column] = answer
        else:
            result.values.setdefault(_BAG[about.own.about], {})[about.own.key] = answer
    elif fold(str(known)) != fold(str(answer)):
        result.differences[about.key] = _as_json(answer)


def _say_of_company(result: Told, about: Sequence[Askable], answers: Mapping[str, Any], known: Lead | None) -> None:
    """A company is shared by leads, so what is known of it is changed by no form either."""
    mine, named = known.company if known else None, answers.get("company")
    if mine is not None and named is not None and fold(named) != mine.name_key:
        result.differences |= {one.key: _as_json(answers[one.key]) for one in about}
        return
    company = mine or (Company.objects.filter(name_key=fold(named)).order_by("pk").first() if named else None)
    for one in about:
        _say(result, one, answers[one.key], known_value(one, known, company))
    if mine is not None and about:
        result.values |= {"company": mine.name, "company_domain": mine.domain or ""}


def _as_json(answer: Any) -> Any:
    return answer if isinstance(answer, bool | int | float | str | list) else str(answer)
