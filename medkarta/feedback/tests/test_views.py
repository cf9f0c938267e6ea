import re
from uuid import uuid4

import pytest
from django.core import signing
from django.test import RequestFactory
from django.urls import resolve

from medkarta.core.errors import NotFound
from medkarta.core.scopes import AccountScope, Actor, ActorKind
from medkarta.feedback import rules, views
from medkarta.feedback.models import ProblemReport
from medkarta.patients.tests.factories import AccountFactory
from medkarta.requests.models import Request

pytestmark = pytest.mark.django_db

TYPED = {
    "kind": "problem",
    "category": "portal",
    "text": "Не открывается <b>раздел</b>",
    "email": "anna@example.ru",
    "page": "/p/key/results/",
    "form_key": str(uuid4()),
}


def answer(path, data=None, *, account=None, **headers):
    factory = RequestFactory()
    request = factory.get(path, **headers) if data is None else factory.post(path, data, **headers)
    request.account = account
    request.resolver_match = resolve(request.path, urlconf="medkarta.feedback.urls")
    return request.resolver_match.func(request, **request.resolver_match.kwargs)


@pytest.fixture
def account():
    row = AccountFactory()
    return AccountScope(Actor(ActorKind.PERSON, str(row.pk)), row.pk)


def test_form_starts_with_the_kind_and_page_of_the_address():
    html = answer("/feedback/?kind=complaint&from=/p/key/results/%3Fq%3Dx").content.decode()

    assert re.search(r'value="complaint" checked', html)
    assert 'value="/p/results/"' in html
    assert re.search(r'name="form_key"[^>]* value="[0-9a-f-]{36}"', html)


def test_form_ignores_a_wrong_kind_and_a_page_elsewhere():
    html = answer("/feedback/?kind=spam&from=https://example.org/").content.decode()

    assert "checked" not in html
    assert re.search(r'name="page" id="id_page" value=""', html)


def test_form_promises_a_term_to_signed_in_people_only(account):
    assert "обещать не можем" in answer("/feedback/").content.decode()
    signed = answer("/feedback/", account=account).content.decode()
    assert "Ответим не позже" in signed
    assert "обещать не можем" not in signed


def test_post_stores_and_leads_to_the_number():
    response = answer("/feedback/", TYPED)

    assert response.status_code == 302
    html = answer(response["Location"]).content.decode()
    assert Request.objects.get().number in html
    assert "Ответим до" not in html
    assert ProblemReport.objects.get().page == "/p/results/"


def test_done_tells_a_signed_in_person_the_day(account):
    response = answer("/feedback/", {**TYPED, "email": ""}, account=account)

    html = answer(response["Location"], account=account).content.decode()

    assert "Ответим до" in html
    assert "/enter/requests" in html


@pytest.mark.parametrize(
    "token", ["x", "МК-2026-000001", signing.dumps(["problem", str(uuid4())], salt="another salt")]
)
def test_done_of_a_guessed_token_is_missing(token):
    with pytest.raises(NotFound):
        answer(f"/feedback/done/{token}/")


def test_done_of_a_message_that_is_gone_is_missing():
    with pytest.raises(NotFound):
        answer(f"/feedback/done/{signing.dumps(['problem', str(uuid4())], salt=views.SALT)}/")


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("kind", "", "Выберите, что вы хотите сделать"),
        ("category", "nothing", "Выберите тему из списка"),
        ("text", "короткий", "хотя бы 10 знаков"),
        ("text", " " * 50, "хотя бы 10 знаков"),
        ("text", "я" * 4001, "сократите на 1 знаков"),
        ("email", "", "иначе мы не сможем ответить"),
        ("email", "anna@", "Напишите адрес целиком"),
    ],
)
def test_post_with_an_error_loses_nothing_that_was_typed(field, value, message):
    response = answer("/feedback/", {**TYPED, field: value})

    html = response.content.decode()
    assert response.status_code == 422
    assert message in html
    assert "mk-sum" in html
    assert not Request.objects.exists()
    kept = {
        "text": "Не открывается &lt;b&gt;раздел&lt;/b&gt;",
        "email": "anna@example.ru",
        "form_key": TYPED["form_key"],
    }
    assert all(text in html for name, text in kept.items() if name != field)


@pytest.mark.parametrize("length", [10, 4000])
def test_post_takes_a_text_of_the_length_allowed(length):
    assert answer("/feedback/", {**TYPED, "text": "я" * length}).status_code == 302


def test_post_counts_a_line_break_as_one_character():
    assert answer("/feedback/", {**TYPED, "text": "я\r\n" * 2000}).status_code == 302


def test_post_without_a_form_key_is_taken():
    assert answer("/feedback/", {**TYPED, "form_key": "odd"}).status_code == 302


def test_post_twice_is_one_message():
    first, second = answer("/feedback/", TYPED), answer("/feedback/", TYPED)

    assert (first.status_code, second.status_code) == (302, 302)
    assert ProblemReport.objects.count() == 1


def test_post_over_the_limit_keeps_the_text_and_says_when():
    for number in range(rules.HOURLY_LIMIT):
        answer("/feedback/", {**TYPED, "text": f"Сообщение номер {number}"})

    response = answer("/feedback/", TYPED)

    html = response.content.decode()
    assert response.status_code == 429
    assert "слишком много сообщений" in html
    assert "Не открывается &lt;b&gt;раздел" in html


def test_post_counts_visitors_behind_a_proxy_apart(settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for number in range(rules.HOURLY_LIMIT):
        answer(
            "/feedback/", {**TYPED, "text": f"Сообщение номер {number}"}, HTTP_X_FORWARDED_FOR="198.51.100.1, 192.0.2.1"
        )

    assert answer("/feedback/", TYPED, HTTP_X_FORWARDED_FOR="198.51.100.1, 192.0.2.1").status_code == 429
    assert answer("/feedback/", TYPED, HTTP_X_FORWARDED_FOR="192.0.2.1, 198.51.100.1").status_code == 302
