import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import resolve

from medkarta.pages import queries

URLS = "medkarta.pages.urls"


@pytest.fixture(autouse=True)
def fresh_footer():
    queries.forget_footer()
    yield
    queries.forget_footer()


@pytest.fixture
def visit():
    """Answer a request as this room does; an address that it does not know raises Resolver404 (an Http404)."""

    def answer(path: str, *, method: str = "GET", account: object = None) -> HttpResponse:
        request = RequestFactory().generic(method, path)
        request.account = account
        request.resolver_match = resolve(path, urlconf=URLS)
        return request.resolver_match.func(request, **request.resolver_match.kwargs)

    return answer
