"""What a form may say of a lead that is known: it fills what is blank, and changes nothing that is known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from capture.web_forms.askables import Askable, askables
from leads.inputs import LeadInput
from leads.models import Company, Lead
from lib.folding import fold

_OF_COMPANY: Final = ("company", "industry", "employees")


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
    about = {key: one for key, one in askables().items() if key in answers}
    result = Told({"email": answers["email"]})
    for key, one in about.items():
        if one.column and key != "email" and key not in _OF_COMPANY:
            _say(result, one, answers[key], getattr(known, one.column) if known else None)
    _say_company(result, about, answers, known)
    return result


def _say(result: Told, about: Askable, answer: Any, known: Any) -> None:
    if known in (None, ""):
        result.values[about.column] = answer
    elif fold(str(known)) != fold(str(answer)):
        result.differences[about.key] = _as_json(answer)


def _say_company(result: Told, about: Mapping[str, Askable], answers: Mapping[str, Any], known: Lead | None) -> None:
    """A company is shared by leads, so what is known of it is changed by no form either."""
    mine = known.company if known else None
    if mine is None and "company" in answers:
        result.values["company"] = answers["company"]
        company = Company.objects.filter(name_key=fold(answers["company"])).order_by("pk").first()
    else:
        company = mine
        if mine is not None and fold(answers.get("company", mine.name)) != mine.name_key:
            result.differences |= {key: _as_json(answers[key]) for key in _OF_COMPANY if key in answers}
            return
    for key in ("industry", "employees"):
        if key in answers:
            _say(result, about[key], answers[key], getattr(company, key) if company else None)
    if mine is not None and result.values.keys() & {"industry", "employees"}:
        result.values |= {"company": mine.name, "company_domain": mine.domain or ""}


def _as_json(answer: Any) -> Any:
    return answer if isinstance(answer, bool | int | str) else str(answer)
