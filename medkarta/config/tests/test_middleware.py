"""Forms of our own pages pass, others' don't; the pages send no referrer, so a browser calls their origin `null`."""

import re

import pytest
from django.conf import settings
from django.test import Client

pytestmark = pytest.mark.django_db


def post(*, with_token: bool = True, **headers: str) -> int:
    client = Client(enforce_csrf_checks=True)
    client.get("/feedback/")
    token = client.cookies[settings.CSRF_COOKIE_NAME].value if with_token else "a" * 64
    return client.post("/preferences/", {"csrfmiddlewaretoken": token, "next": "/"}, headers=headers).status_code


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "null", "sec-fetch-site": "same-origin"}, 302),
        ({"origin": "null", "sec-fetch-site": "same-site"}, 403),
        ({"origin": "null", "sec-fetch-site": "cross-site"}, 403),
        ({"origin": "null"}, 302),
        ({"origin": "http://testserver"}, 302),
        ({"origin": "http://elsewhere.example"}, 403),
        ({"origin": "http://elsewhere.example", "sec-fetch-site": "same-origin"}, 403),
        ({}, 302),
    ],
)
def test_form_origin_decides_who_may_send_a_form(headers, status):
    assert post(**headers) == status


@pytest.mark.parametrize("headers", [{"origin": "null", "sec-fetch-site": "same-origin"}, {"origin": "null"}, {}])
def test_form_origin_does_not_replace_the_token(headers):
    assert post(with_token=False, **headers) == 403


def test_token_of_a_page_is_hidden_anew_each_time_and_taken():
    client = Client(enforce_csrf_checks=True)
    client.get("/feedback/")
    pages = [client.get("/feedback/") for _ in range(3)]
    tokens = {re.findall(r'csrfmiddlewaretoken" value="(\w+)"', page.content.decode())[0] for page in pages}

    assert len(tokens) == 3
    assert client.cookies[settings.CSRF_COOKIE_NAME].value not in "".join(tokens)
    assert not any(page.cookies for page in pages), "the cookie is not sent again"
    for token in tokens:
        data = {"csrfmiddlewaretoken": token, "next": "/"}
        assert client.post("/preferences/", data).status_code == 302
        turned = token[::-1]
        assert client.post("/preferences/", {**data, "csrfmiddlewaretoken": turned}).status_code == 403
