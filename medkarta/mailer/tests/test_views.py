"""The bell's page, the links of letters, the script of devices."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import timezone

from medkarta.accounts.actions import scope_of_account
from medkarta.mailer import actions, links, queries, rules
from medkarta.mailer.models import ContactPoint, Notice
from medkarta.mailer.tests.factories import ChoiceFactory, ContactPointFactory, NoticeFactory
from medkarta.signin.tests.factories import resident, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("words")]


@pytest.fixture
def anna():
    """An account with its own record: account, person, key, browser."""
    account, person, key = resident()
    return account, person, key, signed_in(account)


def notice(account, **values):
    return NoticeFactory(account_id=account.pk, shown_at=timezone.now() - timedelta(minutes=1), **values)


def test_list_shows_what_is_new_and_whose_record_it_is_about(anna):
    account, person, _key, browser = anna
    row = notice(account, person_id=person.pk)

    html = browser.get("/notifications/").content.decode()

    assert f'href="/notifications/{row.pk}/"' in html
    assert "Вы записаны на приём" in html
    assert f"{person.given_name} {person.family_name}" in html
    assert "Уведомления, новых: 1" in html
    assert Notice.objects.get().read_at is None, "looking at the list reads nothing"


def test_list_has_pages_and_costs_the_same(anna, django_assert_num_queries):
    account, _person, _key, browser = anna
    for number in range(21):
        notice(account, key=f"n{number}")

    with django_assert_num_queries(3):  # visitor, count, rows
        first = browser.get("/notifications/").content.decode()

    assert first.count("c-what") == 20
    assert browser.get("/notifications/?page=2").content.decode().count("c-what") == 1


def test_list_without_anything_says_so(anna):
    html = anna[3].get("/notifications/").content.decode()

    assert "Уведомлений пока нет" in html
    assert "/notifications/read/" not in html


def test_read_all_empties_the_bell(anna):
    account, *_, browser = anna
    notice(account)

    browser.post("/notifications/read/")

    assert "новых" not in browser.get("/notifications/").content.decode()


def test_open_leads_into_the_record_under_the_own_key_and_marks_it_read(anna):
    account, person, key, browser = anna
    row = notice(account, person_id=person.pk, link="appointments/7/")

    answer = browser.get(f"/notifications/{row.pk}/")

    assert answer["Location"] == f"/p/{key}/appointments/7/"
    assert Notice.objects.get().read_at is not None


@pytest.mark.parametrize(
    ("link", "target"), [("/account/notifications/", "/account/notifications/"), ("", "/notifications/")]
)
def test_open_of_what_is_about_nobody_leads_to_the_site(anna, link, target):
    account, *_, browser = anna

    assert browser.get(f"/notifications/{notice(account, link=link).pk}/")["Location"] == target


def test_open_of_a_record_that_is_closed_by_now_says_so(anna):
    account, *_, browser = anna
    row = notice(account, person_id=uuid4(), link="appointments/7/")

    html = browser.get(f"/notifications/{row.pk}/", follow=True).content.decode()

    assert "больше не открыта" in html


def test_open_of_anothers_or_a_later_notice_is_missing(anna):
    account, *_, browser = anna
    theirs = NoticeFactory(shown_at=timezone.now() - timedelta(minutes=1))
    later = NoticeFactory(account_id=account.pk, shown_at=timezone.now() + timedelta(minutes=5))

    for one in (theirs, later):
        assert browser.get(f"/notifications/{one.pk}/").status_code == 404
    assert not Notice.objects.exclude(read_at=None).exists()


@pytest.mark.parametrize("path", ["/notifications/", f"/notifications/{UUID(int=7)}/"])
def test_bell_without_a_session_comes_back_after_the_login(path):
    assert Client().get(path)["Location"] == f"/login?next={path.replace('/', '%2F')}"


def test_read_all_without_a_session_reads_nothing():
    NoticeFactory(shown_at=timezone.now())

    assert Client().post("/notifications/read/")["Location"] == "/notifications/"
    assert not Notice.objects.exclude(read_at=None).exists()


def confirm_path(point, *, address, ends=timedelta(hours=1)):
    payload = {"point": str(point.pk), "hash": rules.address_hash(address)}
    return f"/mail/confirm/{links.make('mail-confirm', payload, timezone.now() + ends)}/"


def test_confirm_by_the_link_acts_on_post_only_and_twice_is_no_error():
    point = ContactPointFactory(pending="new@example.org")
    path, browser = confirm_path(point, address="new@example.org"), Client()

    html = browser.get(path).content.decode()
    assert ContactPoint.objects.get().address == ""
    assert "new@example.org" not in html
    assert html.count(path.split("/")[3]) == html.count(f'value="{path}"'), "the message form is not told the token"

    for _ in range(2):
        assert browser.post(path).status_code == 200
    assert ContactPoint.objects.get().address == "new@example.org"


def test_confirm_by_an_old_link_says_what_to_do():
    point = ContactPointFactory(pending="new@example.org")

    answer = Client().post(confirm_path(point, address="new@example.org", ends=timedelta(seconds=-1)))

    assert answer.status_code == 410
    assert "Срок действия ссылки истёк" in answer.content.decode()
    assert ContactPoint.objects.get().address == ""


def test_confirm_by_the_link_of_an_address_typed_before_is_missing():
    point = ContactPointFactory(pending="newer@example.org")

    assert Client().post(confirm_path(point, address="new@example.org")).status_code == 404


def stop_path(account_id, *, purpose="mail-stop", ends=timedelta(hours=1)):
    return f"/mail/stop/{links.make(purpose, {'account': str(account_id)}, timezone.now() + ends)}/"


def test_stop_by_the_link_acts_on_post_only_also_from_a_mail_program():
    chosen = ChoiceFactory()
    path, program = stop_path(chosen.account_id), Client(enforce_csrf_checks=True)
    scope = scope_of_account(chosen.account_id)

    assert program.get(path).status_code == 200
    assert queries.get_channels(scope).chosen["mail"]

    assert program.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not queries.get_channels(scope).chosen["mail"]


def test_stop_by_a_link_that_is_old_or_of_another_purpose_stops_nothing():
    chosen = ChoiceFactory()

    assert Client().post(stop_path(chosen.account_id, ends=timedelta(seconds=-1))).status_code == 410
    assert Client().post(stop_path(chosen.account_id, purpose="mail-confirm")).status_code == 404
    assert queries.get_channels(scope_of_account(chosen.account_id)).chosen["mail"]


def test_service_worker_is_a_script_of_the_whole_site():
    answer = Client().get("/sw.js")

    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Cache-Control"] == "no-cache"
    assert b"showNotification" in answer.content


def test_notify_and_the_bell_agree(anna):
    account, person, key, browser = anna
    actions.notify(
        scope_of_account(account.pk), account_ids=[account.pk], person_id=person.pk, kind="appointments",
        text="test.booked", params={}, link="appointments/", key="k", now=timezone.now(),
    )  # fmt: skip

    assert "Уведомления, новых: 1" in browser.get(f"/p/{key}/").content.decode()
