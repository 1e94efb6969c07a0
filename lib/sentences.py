"""`{% translate "A sentence" %}`: what stands in a template as it is, is looked up without a detour.

Django makes of each first a variable, then a promise, then a text: ninety calls where ten do, and a page has hundreds.
"""

from django.template import Context, Node
from django.template.base import Parser, Token
from django.templatetags import i18n
from django.utils.safestring import SafeString
from django.utils.translation import gettext


class SentenceNode(Node):
    """A sentence of the template's own, which is HTML already."""

    child_nodelists = ()

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence

    def render(self, _context: Context) -> SafeString:
        return SafeString(gettext(self.sentence).replace("%%", "%"))


def translate(parser: Parser, token: Token) -> Node:
    """Django's tag; variables, filters, contexts and `as` stay its own."""
    node = i18n.do_translate(parser, token)
    expression = node.filter_expression
    sentence = getattr(expression.var, "literal", None)
    if not isinstance(sentence, SafeString) or expression.filters or node.noop or node.asvar or node.message_context:
        return node
    # As makemessages writes it down.
    return SentenceNode(sentence.replace("%", "%%"))


def shorten() -> None:
    """In every template that loads i18n, Django's own and those of other packages too."""
    for name in ("translate", "trans"):
        i18n.register.tag(name, translate)
