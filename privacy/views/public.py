from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from privacy import data_map as register
from privacy import facilities, laws
from privacy import transparency as counted
from privacy.processors import partners


@require_safe
def data_map(request: HttpRequest) -> HttpResponse:
    context = {"entries": register.by_purpose(), "stores": facilities.by_store()}
    return render(request, "privacy/data_map.html", context)


@require_safe
def processors(request: HttpRequest) -> HttpResponse:
    return render(request, "privacy/processors.html", {"partners": partners()})


@require_safe
def retention(request: HttpRequest) -> HttpResponse:
    """How long, and by which laws."""
    context = {"kept": counted.kept(), "laws": list(laws.laws())}
    return render(request, "privacy/retention.html", context)


@require_safe
def transparency(request: HttpRequest) -> HttpResponse:
    context = {
        "half_years": counted.half_years(),
        "overdue": counted.overdue(),
        "safety": counted.safety(),
    }
    return render(request, "privacy/transparency.html", context)
