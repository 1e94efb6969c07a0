"""What the pages of the websites are: rules over their addresses, beside the pages already seen."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import SignedInRequest
from capture.sites.page_forms import PageRuleForm
from capture.sites.views import may_connect
from leads.content import page_sorting
from leads.content.page_rules import add_rule, look, move_up, remove_rule
from leads.models import PageRule, PageSort
from leads.models.content import PageCategory
from lib import clock
from lib.pages import page_or_part


@require_http_methods(["GET", "HEAD", "POST"])
@may_connect
def pages(request: SignedInRequest) -> HttpResponse:
    """The rules in their order; looking first shows which pages a new one would be for."""
    form = PageRuleForm(request.POST or None)
    is_tried = request.method == "POST" and form.is_valid()
    if is_tried and "look" not in request.POST:
        add_rule(**form.cleaned_data)
        return redirect("connect:pages")
    rules = list(PageRule.objects.all())
    seen = look(rules, tried=form.instance if is_tried else None)
    sorting = PageSort.objects.first()
    context = {
        "title": _("Pages"),
        "sorting": sorting,
        "is_sorting": sorting is not None and sorting.finished_at is None,
        "now": clock.now(),
        "form": form,
        "tried": seen.tried if is_tried else None,
        "rows": [{"rule": rule, "pages": seen.by_rule.get(rule.pk)} for rule in rules],
        "categories": [
            {"label": PageCategory(key).label, "pages": of_kind}
            for key, of_kind in sorted(seen.by_category.items(), key=lambda pair: -pair[1].count)
        ],
        "otherwise": seen.otherwise,
    }
    status = 422 if form.errors else 200
    return page_or_part(request, "capture/sites/pages.html", "capture/sites/_sorting.html", context, status=status)


@require_POST
@may_connect
def page_rule_up(request: SignedInRequest, pk: int) -> HttpResponse:
    """Moves a rule one place up."""
    move_up(pk)
    return redirect("connect:pages")


@require_POST
@may_connect
def page_rule_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Takes a rule away."""
    remove_rule(pk)
    return redirect("connect:pages")


@require_POST
@may_connect
def pages_sort(request: SignedInRequest) -> HttpResponse:
    """Asks that the pages that came are sorted by the rules as they stand; a worker does it, and scores follow."""
    try:
        page_sorting.ask(actor=request.user, now=clock.now())
    except page_sorting.UnderWay:
        messages.warning(request, _("The pages are being sorted already."))
    return redirect("connect:pages")
