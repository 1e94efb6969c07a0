"""How far a long question is, as a part of the page that asked it."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.roles import MANAGING
from scoring.models import Analysis


@require_safe
@role_required(*MANAGING)
def analysis_progress(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """The bar, asked for every two seconds; once there is an answer, the page around it is loaded again."""
    analysis = get_object_or_404(Analysis.objects.defer("result"), public_id=public_id)
    response = render(request, "scoring/analysis/_progress.html", {"analysis": analysis})
    if analysis.finished_at is not None:
        response["HX-Refresh"] = "true"
    return response
