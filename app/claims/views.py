"""The page of the claims, and what a program reads of them."""

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from app.callers.requests import refused
from app.claims.claim import Claim
from app.claims.documents import ClaimDocument, summary
from app.claims.judging import document
from app.claims.registry import CLAIMS, SUBJECTS
from app.claims.stored import newest_runs, runs_with
from app.experiments import Refused
from app.report import headline


@require_safe
@ensure_csrf_cookie
def claims_page(request: HttpRequest) -> HttpResponse:
    documents = {claim.slug: _as_of_now(claim) for claim in CLAIMS.values()}
    subjects = [
        {"title": subject.title, "claims": [_shown(documents[claim.slug]) for claim in subject.claims]}
        for subject in SUBJECTS
    ]
    tally = summary(documents.values())
    context = {
        "subjects": subjects,
        "total": tally.pop("claims"),
        "tally": list(tally.items()),
        "experiments": {slug: msgspec.to_builtins(shown.experiments) for slug, shown in documents.items()},
    }
    return render(request, "app/claims.html", context)


@require_safe
def claims(request: HttpRequest) -> HttpResponse:
    documents = [_as_of_now(claim) for claim in CLAIMS.values()]
    return JsonResponse({"claims": msgspec.to_builtins(documents), "summary": summary(documents)})


@require_safe
def claim(request: HttpRequest, slug: str) -> HttpResponse:
    try:
        found = _claim_of(slug)
        ids = request.GET.getlist("run")
        judged = document(found, runs_with(found, ids)) if ids else _as_of_now(found)
    except Refused as refusal:
        return refused(refusal)
    return JsonResponse(msgspec.to_builtins(judged))


def _claim_of(slug: str) -> Claim:
    if slug not in CLAIMS:
        raise Refused(404, f"Expected the slug of a claim, one of those that /api/claims/ lists; got {slug[:60]}.")
    return CLAIMS[slug]


def _as_of_now(claim: Claim) -> ClaimDocument:
    return document(claim, newest_runs(claim))


def _shown(claim: ClaimDocument) -> dict[str, Any]:
    """The claim for a template, which cannot walk along two lists at once."""
    shown: dict[str, Any] = msgspec.to_builtins(claim)
    runs = shown["verdict"]["runs"] if shown["verdict"] else [None] * len(shown["experiments"])
    pairs = zip(shown["experiments"], runs, strict=True)
    return {**shown, "decided_by": [{"headline": headline(experiment), "run": run} for experiment, run in pairs]}
