"""How things are drawn: icons, bars, sortable heads, addresses with changed parameters.

Loaded for every template (settings.TEMPLATES builtins). The words of numbers and moments are those of
lib/numbers.py and lib/moments.py.
"""

import math
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path

from django import template
from django.contrib.staticfiles import finders
from django.http import QueryDict
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from lib import abbreviations, addresses, drawing, glossary, moments, numbers, stylesheets

register = template.Library()
register.filter("spelled_out", abbreviations.spelled_out, is_safe=True)
register.filter("abbreviations", abbreviations.abbreviations)
register.filter("number", numbers.number)
register.filter("signed", numbers.signed)
register.filter("percent", numbers.percent)
register.filter("relative_time", moments.relative_time)
register.filter("duration", moments.duration_words)
register.filter("until_words", moments.until_words)
register.filter("time_left", moments.time_left)
register.filter("due_words", moments.due_words)
register.tag("url", addresses.url)
register.simple_tag(moments.deadline, name="deadline")
register.simple_tag(lambda: moments.SOON_SHARE, name="soon_share")
register.simple_tag(drawing.drawn, name="drawn")
register.simple_tag(stylesheets.offered, name="offered_stylesheets")


class UnknownIconError(LookupError):
    """There is no static/icons/<name>.svg."""


@cache
def _icon_body(name: str) -> str:
    path = finders.find(f"icons/{name}.svg")
    if path is None:
        raise UnknownIconError(f"There is no icon named {name!r} in static/icons.")
    text = Path(str(path)).read_text(encoding="utf-8")
    return text.removeprefix("<svg ").strip()


@register.simple_tag
def icon(name: str, label: object = "") -> SafeString:
    """Draw an icon in the text's colour. Without a label it is decoration and hidden from screen readers."""
    return _icon(name, str(label))


@lru_cache(maxsize=1_000)
def _icon(name: str, label: str) -> SafeString:
    if label:
        head = format_html('<svg class="icon icon-{}" role="img" aria-label="{}" ', name, label)
    else:
        head = format_html('<svg class="icon icon-{}" aria-hidden="true" focusable="false" ', name)
    return head + mark_safe(_icon_body(name))  # noqa: S308 - our own files


@register.simple_tag
def words(*keys: str) -> SafeString:
    """Draw these words of the glossary, each of which explains itself when asked: for the pages that use them."""
    return render_to_string("_words.html", {"terms": [glossary.term_of(key) for key in keys]})


@register.simple_block_tag
def table(content: SafeString, label: str, *, stack: bool = True, **attributes: object) -> SafeString:
    """Draw what stands between table and endtable, its thead and tbody, as a table in the frame it scrolls in.

    label names it for who does not see it. Where the page is narrow each row is a card, unless stack is False.
    Further attributes are the table's, or with frame_ before their name the frame's; hx_get is written hx-get.
    """
    names = {name: name.removeprefix("frame_").replace("_", "-") for name in attributes}
    frame = {names[name]: value for name, value in attributes.items() if name.startswith("frame_")}
    own = {names[name]: value for name, value in attributes.items() if not name.startswith("frame_")}
    return render_to_string(
        "_table.html",
        {
            "label": label,
            "content": content,
            "stack": stack,
            "table_class": own.pop("class", ""),
            "table": own,
            "frame_class": frame.pop("class", ""),
            "frame": frame,
        },
    )


@register.simple_tag
def bar(
    *amounts: float | Decimal,
    mark: float | Decimal | None = None,
    limit: float | Decimal | None = None,
    label: str = "",
    meaning: str = "",
) -> SafeString:
    """Stack amounts from left to right on a bar that is as long as the largest of their sum, mark and limit.

    A mark (a threshold) is a line across. The n-th amount has the class bar-<n>, or bar-<meaning> when a
    meaning (fine, soon, late, machine) is given. Widths are SVG attributes: no inline style is allowed.
    """
    parts = [max(0.0, float(amount or 0)) for amount in amounts]
    full = max(sum(parts), float(mark or 0), float(limit or 0)) or 1.0
    starts = [math.fsum(parts[:index]) for index in range(len(parts))]
    segments = "".join(
        f'<rect class="bar-{meaning or index}" x="{_share(start, full)}%" width="{_share(part, full)}%" height="100%"/>'
        for index, (start, part) in enumerate(zip(starts, parts, strict=True), start=1)
    )
    line = ""
    if mark is not None:
        place = _share(float(mark), full)
        line = f'<line class="bar-mark" x1="{place}%" x2="{place}%" y1="-15%" y2="115%"/>'
    name = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    # Put together by hand: a list has hundreds, and what comes from elsewhere are numbers and the label.
    return mark_safe(  # noqa: S308
        f'<svg class="bar" {name}><g class="bar-amounts"><rect class="bar-track" width="100%" height="100%"/>'
        f"{segments}</g>{line}</svg>"
    )


def _share(part: float, full: float) -> str:
    return f"{100 * part / full:.2f}".rstrip("0").rstrip(".")


def _parameters(context: Context) -> QueryDict:
    request = context.get("request")
    return request.GET.copy() if request else QueryDict(mutable=True)


def _address(parameters: QueryDict) -> str:
    return f"?{parameters.urlencode()}"


@register.simple_tag(takes_context=True)
def querystring_with(context: Context, **changes: object) -> str:
    """This page's query string with changes; None removes one. The page number starts again unless given."""
    parameters = _parameters(context)
    parameters.pop("page", None)
    for name, value in changes.items():
        if value is None:
            parameters.pop(name, None)
        else:
            parameters[name] = str(value)
    return _address(parameters)


@register.simple_tag(takes_context=True)
def querystring_without(context: Context, name: str, value: object = None) -> str:
    """This page's query string without a parameter, or one value of it: where a filter chip's cross leads."""
    parameters = _parameters(context)
    parameters.pop("page", None)
    others = [] if value is None else [one for one in parameters.getlist(name) if one != str(value)]
    parameters.pop(name, None)
    if others:
        parameters.setlist(name, others)
    return _address(parameters)


@register.simple_tag(takes_context=True)
def heading(
    context: Context,
    name: str,
    label: str,
    *,
    current: str | None = None,
    numeric: bool = False,
    descending_first: bool = False,
    target: str = "",
) -> SafeString:
    """Draw the <th> of a sortable column: a link that sets ?sort=name, and -name on the second click.

    current is the sort in force when the address names none (the page's default); target is an element for
    htmx to replace.
    """
    request = context.get("request")
    in_force = (request.GET.get("sort") if request else None) or current or ""
    is_current = in_force.removeprefix("-") == name
    is_descending = is_current and in_force.startswith("-")
    next_descending = not is_descending if is_current else descending_first
    href = querystring_with(context, sort=f"-{name}" if next_descending else name)
    order = ("descending" if is_descending else "ascending") if is_current else "none"
    shape = {"descending": "sort-down", "ascending": "sort-up", "none": "sort"}[order]
    swap = format_html(' hx-get="{}" hx-target="{}" hx-push-url="true"', href, target) if target else ""
    return format_html(
        '<th scope="col" aria-sort="{}"{}><a href="{}"{} title="{}">{}{}</a></th>',
        order,
        mark_safe(' class="number"') if numeric else "",
        href,
        swap,
        _("Sort by this column"),
        label,
        icon(shape),
    )
