"""«Статусы заявлений» and the page of one request."""

from uuid import uuid4

import pytest
from django.utils import timezone

from medkarta.patients.tests.factories import PatientFactory
from medkarta.requests import actions, kinds
from medkarta.requests.tests.factories import RequestEventFactory, RequestFactory
from medkarta.signin.tests.factories import resident, signed_in

pytestmark = pytest.mark.django_db
KIND, OTHER = "test-home", "test-home-other"


def cancel(scope, target_id, now):
    actions.change_status_of(scope, kind=KIND, target_id=target_id, status="cancelled", now=now)


@pytest.fixture(autouse=True)
def known_kinds():
    statuses = (
        kinds.Status("new", "Новое", "info", ("done", "cancelled")),
        kinds.Status("done", "Готово", "ok", is_closed=True),
        kinds.Status("cancelled", "Отозвано", is_closed=True),
    )
    kinds.register(KIND, "Пробное заявление", statuses, cancel=cancel, section="things/{target}/")
    kinds.register(OTHER, "Иное заявление", statuses)
    yield
    kinds.unregister(KIND)
    kinds.unregister(OTHER)


class Home:
    def __init__(self):
        self.account, self.person, self.key = resident()
        self.browser = signed_in(self.account)
        self.path = f"/p/{self.key}/requests/"

    def ask(self, **given):
        now = timezone.now()
        values = {"kind": KIND, "person": self.person, "target_id": uuid4(), "created_at": now, "changed_at": now}
        row = RequestFactory(**{**values, **given})
        RequestEventFactory(request=row, status=row.status, comment="Ждите ответа")
        return row

    def get(self, path=""):
        return self.browser.get(f"{self.path}{path}").content.decode().replace("\u00a0", " ")


@pytest.fixture
def home():
    return Home()


def test_list_requests_is_narrowed_by_kind_and_state_of_the_address(home):
    new, done = home.ask(), home.ask(status="done")
    other = home.ask(kind=OTHER)

    everything = home.get()
    assert all(row.number in everything for row in (new, done, other))
    assert "Всего: 3" in everything
    assert '<option value="test-home">Пробное заявление</option>' in everything
    closed = home.get(f"?kind={KIND}&state=closed")
    assert done.number in closed
    assert new.number not in closed
    assert "Всего: 1" in closed
    assert 'href="' + home.path + '?kind=test-home&amp;state=open"' in closed
    assert "Нет данных по этим условиям" in home.get(f"?kind={OTHER}&state=closed")


def test_list_requests_takes_nonsense_in_the_address(home):
    row = home.ask()

    assert row.number in home.get("?state=odd&sort=nothing&page=-1")


def test_list_requests_pages_and_keeps_the_filters(home):
    for _number in range(21):
        home.ask()

    text = home.get(f"?kind={KIND}&sort=number")

    assert "Всего: 21" in text
    assert f"?kind={KIND}&amp;sort=number&amp;page=2" in text
    assert home.get(f"?kind={KIND}&sort=number&page=2").count("<tr role") == 2


def test_show_request_has_history_and_the_ways_on(home):
    row = home.ask(title="О справке")

    text = home.get(f"{row.pk}/")

    for words in (row.number, "Пробное заявление", "О справке", "Новое", "Ждите ответа"):
        assert words in text
    assert f'href="/p/{home.key}/things/{row.target_id}/"' in text
    assert f'href="{home.path}{row.pk}/cancel/"' in text
    assert f"{row.pk}/cancel/" not in home.get(f"{home.ask(kind=OTHER).pk}/")


def test_cancel_request_asks_once_and_cancels(home):
    row = home.ask()
    path = f"{home.path}{row.pk}/cancel/"

    assert "Да, отменить" in home.get(f"{row.pk}/cancel/")
    assert home.browser.post(path, {}).status_code == 422
    answer = home.browser.post(path, {"confirm": "yes"})

    assert answer["Location"] == f"{home.path}{row.pk}/"
    text = home.get(f"{row.pk}/")
    assert "Заявление отменено" in text
    assert "Отозвано" in text


@pytest.mark.parametrize(("given", "status"), [({"status": "done"}, "done"), ({"kind": OTHER}, "new")])
def test_cancel_request_that_cannot_be_says_so_and_changes_nothing(home, given, status):
    row = home.ask(**given)

    answer = home.browser.post(f"{home.path}{row.pk}/cancel/", {"confirm": "yes"})

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Заявление не отменено" in text
    assert "Да, отменить" not in text
    row.refresh_from_db()
    assert row.status == status


def test_requests_of_another_person_are_missing(home):
    theirs = RequestFactory(kind=KIND, person=PatientFactory().person, target_id=uuid4())

    for end in ("", "cancel/"):
        assert home.browser.get(f"{home.path}{theirs.pk}/{end}").status_code == 404
    assert home.browser.post(f"{home.path}{theirs.pk}/cancel/", {"confirm": "yes"}).status_code == 404
