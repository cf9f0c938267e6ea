"""What «Требует внимания» says of offered times. Rows in, sentences out."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from medkarta.home.attention import of_offers
from medkarta.patients.tests.factories import NOW, PatientFactory, scope_of
from medkarta.scheduling.queries import waitlist_rows

HOUR = timedelta(hours=1)


def row(number, *, deadline=HOUR, **values):
    return {
        "id": UUID(int=number), "status": "offered", "reason": "", "what": "Офтальмолог", "doctor": "", "clinic": "",
        "cabinet_name": "", "address": "", "timezone": "Europe/Moscow", "not_before": None, "not_after": None,
        "offered_at": datetime(2026, 11, 26, 5, 40, tzinfo=UTC), "requested_at": NOW, "is_own": True,
        "offer_id": UUID(int=number + 100), "offer_deadline": NOW + deadline, **values,
    }  # fmt: skip


def told(*rows):
    scope = scope_of(PatientFactory.build())
    return of_offers(waitlist_rows(scope, rows, now=NOW))


def test_of_offers_names_the_time_the_deadline_and_both_answers():
    (one,) = told(row(1))

    assert one.title.replace("\xa0", " ") == "Предлагают время: чт, 26 ноября, 08:40"
    assert one.text.replace("\xa0", " ") == "Офтальмолог, ответьте до ср, 25 ноября, 13:00"
    assert [answer[1].rpartition("/offers/")[2] for answer in one.answers] == [
        f"{UUID(int=101)}/accept/",
        f"{UUID(int=101)}/decline/",
    ]


def test_of_offers_puts_the_soonest_deadline_first():
    found = told(row(1, deadline=2 * HOUR), row(2))

    assert [one.href.rpartition("waitlist/")[2] for one in found] == [f"{UUID(int=2)}/", f"{UUID(int=1)}/"]


def test_of_offers_leaves_out_what_can_not_be_answered_any_more():
    assert told(row(1, deadline=timedelta(0)), row(2, offer_id=None, offer_deadline=None)) == []
    assert len(told(row(1, deadline=timedelta(seconds=1)))) == 1
