"""At least one row in every table of ours: what the demonstration tells, and an invented row where it tells nothing."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import models

from accounts.models import User
from leads.models import Channel
from scoring.criteria.publication import draft_from, propose, sign
from scoring.models import CombinationRule, Criteria, Rule, Signature, SourceBar

LEADS: Final = 12
MOMENT: Final = datetime(2026, 3, 31, 16, tzinfo=UTC)
# What a required column holds in an invented row, by its type; a subclass takes what its parent takes.
INVENTED: Final[dict[type[models.Field[Any, Any]], Any]] = {
    models.CharField: "x",
    models.TextField: "invented",
    models.IntegerField: 1,
    models.FloatField: 1.0,
    models.BooleanField: False,
    models.DateField: date(2026, 3, 31),
    models.DateTimeField: MOMENT,
    models.TimeField: time(9),
    models.JSONField: {"invented": True},
}
# Where a constraint asks for more than a value of the type.
SPECIAL: Final[dict[str, dict[str, Any]]] = {
    "accounts.ApiKey": {"expires_at": MOMENT + timedelta(days=365), "scopes": ["leads:read"]},
    "outbox.QuietHours": {"starts_at": time(20), "ends_at": time(7)},
    "scoring.Override": {"expires_at": MOMENT + timedelta(days=30)},
}


def add_rows() -> None:
    """Fill a freshly migrated database; raises what the database refuses, naming the model."""
    call_command("seed_demo", really=True, leads=LEADS, months=2, until=MOMENT, verbosity=0)
    _agreement()
    for model in our_models():
        if not model._default_manager.exists():
            _invent(model)
        for field in model._meta.local_many_to_many:
            _connect(model, field)


def our_models() -> Iterator[type[models.Model]]:
    """The models of our packages that have a table, in the order of their declaration."""
    for config in apps.get_app_configs():
        if Path(config.path).parent == settings.BASE_DIR:
            yield from (model for model in config.get_models() if model._meta.managed and not model._meta.proxy)


def _agreement() -> None:
    """A version that marketing has proposed and signed, with a combination and a bar: the guards allow no other way."""
    marketer = User.objects.get(email="marketing@demo.example")
    draft = draft_from(Criteria.objects.get(state="published"), actor=marketer, now=MOMENT)
    one, other = draft.rules.order_by("position")[:2]
    both = CombinationRule.objects.create(
        criteria=draft, kind=Rule.Kind.COMBINATION, name="Both", points=5, position=100
    )
    both.requires.set([one, other])
    SourceBar.objects.create(
        criteria=draft,
        channel=Channel.objects.get(key="event"),
        extra_points=10,
        expires_at=MOMENT + timedelta(days=30),
    )
    propose(criteria_id=draft.pk, actor=marketer, now=MOMENT)
    sign(criteria_id=draft.pk, side=Signature.Side.MARKETING, actor=marketer, now=MOMENT)


def _invent(model: type[models.Model]) -> None:
    special = SPECIAL.get(model._meta.label, {})
    required = [field for field in model._meta.concrete_fields if field.name not in special and _is_required(field)]
    try:
        model._default_manager.create(**{field.name: _value(field) for field in required}, **special)
    except Exception as error:
        error.add_note(f"The invented row of {model._meta.label}: say in SPECIAL what it needs.")
        raise


def _is_required(field: models.Field[Any, Any]) -> bool:
    return not (field.null or field.has_default() or isinstance(field, models.AutoField | models.BigAutoField))


def _value(field: models.Field[Any, Any]) -> Any:
    if isinstance(field, models.ForeignKey):
        related: type[models.Model] = field.related_model
        return related._default_manager.order_by("pk")[0]
    if field.choices:
        return field.flatchoices[0][0]
    return next(INVENTED[kind] for kind in type(field).__mro__ if kind in INVENTED)


def _connect(model: type[models.Model], field: models.ManyToManyField[Any, Any]) -> None:
    through: type[models.Model] = getattr(model, field.name).through
    related: type[models.Model] = field.related_model
    if related in our_models() and not through._default_manager.exists():
        getattr(model._default_manager.order_by("pk")[0], field.name).add(related._default_manager.order_by("pk")[0])
