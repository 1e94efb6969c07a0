"""Guesses what the columns of a file are: by names, in several languages and with slips, and by values."""

import unicodedata
from collections.abc import Callable, Sequence
from typing import Final

from capture.importing.cells import is_salutation
from capture.importing.dates import reads_as_date
from capture.importing.fields import LEADS
from capture.importing.values import is_placeholder
from lib.number_reading import NotANumber, TwoReadings, read_number, without_currency

# Names without accents, blanks and signs; the earlier, the surer.
_LEAD_WORDS: Final = {
    "email": (
        "email emailaddress mail leademail contactemail workemail businessemail correo correoelectronico "
        "courriel adressemail emailadresse emailadres correio primaryemail useremail"
    ),
    "external_id": "externalid leadid mqlid recordid contactid crmid customerid id",
    "first_name": "firstname first givenname forename vorname prenom primeironome voornaam primernombre",
    "last_name": (
        "lastname last surname familyname nachname apellido apellidos sobrenome cognome achternaam nomdefamille"
    ),
    "full_name": (
        "fullname name contactname customername clientname leadname contact nombre nombrecompleto nome "
        "nomecompleto nom nomcomplet naam"
    ),
    "phone": (
        "phone phonenumber mobile mobilephone telephone telefono telefon telefone leadphone workphone tel "
        "cell cellphone mobilenumber contactnumber handy telefoon"
    ),
    "job_title": "jobtitle title position role jobrole cargo puesto fonction poste funktion beruf",
    "company": (
        "company companyname organization organisation account accountname employer empresa firma societe "
        "entreprise unternehmen azienda bedrijf"
    ),
    "company_domain": "companydomain domain website companywebsite webseite siteweb sitioweb companydomainname",
    "industry": "industry sector branche industria setor businesssegment",
    "employees": "employees numberofemployees employeecount companysize headcount mitarbeiter empleados",
    "country": "country countrycode countryregion land pais pays paese",
    "city": "city town ciudad cidade ville stadt ort citta",
    "budget": "budget presupuesto orcamento",
    "is_decision_maker": "decisionmaker isdecisionmaker decides",
    "channel": (
        "channel leadsource source originalsource origin utmsource utmmedium trafficsource platform fuente "
        "origem quelle kanal canal"
    ),
    "campaign": "campaign campaignname utmcampaign adname formname campaignid campana campanha kampagne",
    "landing_page": "landingpage landingpageid landingpageurl entrypage pageurl page",
    "created_at": (
        "createdat createddate createdtime created createdate creationdate datecreated firstcontactdate "
        "firstcontact signupdate leadcreated submittedat conversiontime timestamp date fecha datum data"
    ),
}
_OUTCOME_WORDS: Final = {
    "email": _LEAD_WORDS["email"],
    "external_id": _LEAD_WORDS["external_id"],
    "deal_id": "dealid dealnumber dealexternalid opportunityid orderid ordernumber",
    "won_at": (
        "wonat wondate datewon closedwondate closedate closedat conversiondate converteddate customersince "
        "becamecustomer"
    ),
    "amount": "amount amountwon dealamount dealvalue opportunityvalue value revenue",
    "lost_at": "lostat lostdate datelost closedlostdate",
    "opportunity_at": "opportunityat opportunitydate opportunitycreated opportunitycreateddate",
}
# Only names long enough that another word is not one slip away.
_TYPED_WRONG: Final = {
    "email": ("email", "emailaddress"),
    "full_name": ("name", "fullname"),
    "first_name": ("firstname",),
    "last_name": ("lastname", "surname"),
    "phone": ("phone", "mobile", "telephone", "phonenumber"),
    "company": ("company", "companyname"),
    "job_title": ("jobtitle",),
    "country": ("country",),
    "campaign": ("campaign",),
    "channel": ("leadsource", "source"),
    "created_at": ("createddate",),
}
_SALESFORCE_ID_LENGTHS: Final = (15, 18)


def guess(kind: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """Field -> column for what can be told from names and the first rows; each column is used once."""
    words = _LEAD_WORDS if kind == LEADS else _OUTCOME_WORDS
    names = {field: tuple(known.split()) for field, known in words.items()}
    heads = [_plain(column) for column in columns]
    samples = [_sample(rows, index) for index in range(len(columns))]
    offers = sorted(
        (rank, index, field)
        for field, known in names.items()
        for index, head in enumerate(heads)
        if head and (rank := _rank(field, head, known)) is not None and _fits(field, samples[index])
    )
    mapping: dict[str, int] = {}
    for _, index, field in offers:
        if field not in mapping and index not in mapping.values():
            mapping[field] = index
    return _settle(mapping, heads, samples)


def _settle(mapping: dict[str, int], heads: Sequence[str], samples: Sequence[Sequence[str]]) -> dict[str, int]:
    """An unnamed column of addresses is the e-mail; a name beside a first name is the last name."""
    if "email" not in mapping:
        free = (
            i
            for i, values in enumerate(samples)
            if i not in mapping.values() and values and _mostly(_is_address, values)
        )
        if (index := next(free, None)) is not None:
            mapping["email"] = index
    if "full_name" in mapping and "first_name" in mapping:
        index = mapping.pop("full_name")
        if "last_name" not in mapping and heads[index] in ("name", "nom", "nome", "naam"):
            mapping["last_name"] = index
    return mapping


def _plain(column: str) -> str:
    decomposed = unicodedata.normalize("NFKD", column.casefold().removesuffix("__c"))
    return "".join(ch for ch in decomposed if ch.isalnum()).removeprefix("property")


def _rank(field: str, head: str, known: tuple[str, ...]) -> int | None:
    if head in known:
        return known.index(head)
    typed = _TYPED_WRONG.get(field, ())
    if any(_slips(head, name) <= (1 if len(name) < 7 else 2) for name in typed if abs(len(head) - len(name)) <= 2):
        return 100
    return None


def _slips(one: str, other: str) -> int:
    """Letters left out, added, changed or swapped with their neighbour between two words (Damerau, Levenshtein)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, above, row = row, before, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
    return row[-1]


def _sample(rows: Sequence[Sequence[str]], index: int) -> list[str]:
    return [row[index] for row in rows if index < len(row) and row[index] and not is_placeholder(row[index])]


def _mostly(test: Callable[[str], bool], values: Sequence[str]) -> bool:
    return sum(map(test, values)) * 2 > len(values)


def _fits(field: str, values: Sequence[str]) -> bool:
    """Whether the values can be what the name says; a column without values says nothing, so it is left out."""
    return bool(values) and sum(map(_TESTS.get(field, bool), values)) * 2 >= len(values)


def _is_address(text: str) -> bool:
    return "@" in text and "." in text.rpartition("@")[2]


def _is_number(text: str) -> bool:
    try:
        read_number(without_currency(text))
    except TwoReadings:
        return True
    except NotANumber:
        return False
    return True


def _is_word(text: str) -> bool:
    return any(ch.isalpha() for ch in text)


def _is_company(text: str) -> bool:
    is_record_id = len(text) in _SALESFORCE_ID_LENGTHS and text.isalnum() and text.startswith("001")
    return not is_record_id


def _is_page(text: str) -> bool:
    return " " not in text


_TESTS: Final[dict[str, Callable[[str], bool]]] = {
    "email": _is_address,
    "full_name": _is_word,
    "first_name": _is_word,
    "last_name": _is_word,
    "job_title": lambda text: _is_word(text) and not is_salutation(text),
    "phone": lambda text: sum(ch.isdigit() for ch in text) >= 5,
    "company": _is_company,
    "company_domain": lambda text: "." in text and " " not in text,
    "country": lambda text: _is_word(text) and not any(ch.isdigit() for ch in text),
    "city": _is_word,
    "employees": _is_number,
    "budget": _is_number,
    "amount": _is_number,
    "landing_page": _is_page,
    "created_at": reads_as_date,
    "won_at": reads_as_date,
    "lost_at": reads_as_date,
    "opportunity_at": reads_as_date,
}
