"""`{% url "leads:detail" lead.public_id %}`: of addresses that differ by a public id only, the rest is found once.

Django tries the patterns of the namespace anew for each link, and a list has hundreds of them.
"""

from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.template import Context
from django.template.base import Parser, Token
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as djangos_url
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.html import conditional_escape

# In the place of a public id while an address is looked for; no thing has it.
STANDS_IN: Final = UUID("00000000-feed-4000-8000-000000000000")


def address(name: str, *arguments: object, app: str | None = None) -> str:
    """As `reverse`, which is asked once for all public ids. Raises NoReverseMatch."""
    public_ids = [each for each in arguments if isinstance(each, UUID)]
    if len(public_ids) != 1:
        return reverse(name, args=arguments, current_app=app)
    others = tuple(STANDS_IN if isinstance(each, UUID) else str(each) for each in arguments)
    before, after = _parts_of(str(get_urlconf() or settings.ROOT_URLCONF), get_script_prefix(), app, name, *others)
    return f"{before}{public_ids[0]}{after}"


@lru_cache(maxsize=1_000)
def _parts_of(urlconf: str, _prefix: str, app: str | None, name: str, *arguments: object) -> tuple[str, str]:
    """What stands before and behind the public id."""
    before, _id, after = reverse(name, urlconf=urlconf, args=arguments, current_app=app).partition(str(STANDS_IN))
    return before, after


class AddressNode(URLNode):
    """Django's, but for addresses of one public id."""

    def render(self, context: Context) -> str:
        arguments = [each.resolve(context) for each in self.args]
        if self.kwargs or not any(isinstance(each, UUID) for each in arguments):
            return super().render(context)
        try:
            resolved = address(self.view_name.resolve(context), *arguments, app=_app(context))
        except NoReverseMatch:
            return super().render(context)  # which knows whether that is an error
        if self.asvar:
            context[self.asvar] = resolved
            return ""
        return conditional_escape(resolved) if context.autoescape else resolved


def _app(context: Context) -> str | None:
    request: Any = getattr(context, "request", None)
    if request is None:
        return None
    matched = request.resolver_match
    return getattr(request, "current_app", matched.namespace if matched else None)


def url(parser: Parser, token: Token) -> AddressNode:
    """Django's tag, read as Django reads it."""
    node = djangos_url(parser, token)
    return AddressNode(node.view_name, node.args, node.kwargs, node.asvar)
