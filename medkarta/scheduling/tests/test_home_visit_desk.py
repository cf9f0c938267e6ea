"""The desk's verbs, as a command would read and carry them out."""

from argparse import ArgumentParser
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from medkarta.audit.models import AuditEvent
from medkarta.core.errors import NotFound
from medkarta.core.scopes import Actor, ActorKind, StaffScope
from medkarta.facilities.tests.factories import FacilityFactory
from medkarta.patients.tests.factories import NOW, PatientFactory
from medkarta.scheduling.actions import home_visit_answers as answers
from medkarta.scheduling.desk import home_visits as desk
from medkarta.scheduling.models import HomeVisitRequest
from medkarta.scheduling.tests.test_home_visits import call, of

pytestmark = pytest.mark.django_db
OMSK = ZoneInfo("Asia/Omsk")


@pytest.fixture
def clinic():
    return FacilityFactory(serves_adults=True, timezone="Asia/Omsk")


@pytest.fixture
def row(clinic):
    call(of(PatientFactory(registered_facility_id=clinic.pk)), clinic, half="afternoon", flat="45")
    return HomeVisitRequest.objects.get()


@pytest.fixture
def say(clinic):
    """Return a function that runs a line at the clinic's desk."""

    def run(*words, at=clinic.pk):
        parser = ArgumentParser()
        desk.add_parser(parser.add_subparsers(dest="what", required=True))
        options = vars(parser.parse_args(["home-visit", *words]))
        return desk.run(StaffScope(Actor(ActorKind.STAFF, "desk"), at, "registrar", "desk"), options, now=NOW)

    return run


def test_list_names_numbers_and_nobody(say, row):
    assert say("list") == [f"{row.number}  25.11.2026  Новый  После полудня"]
    assert say("list", at=uuid4()) == []


def test_show_gives_the_address_and_is_written_down(say, row):
    lines = say("show", row.number)

    assert "Кашель" in lines
    assert "Куда приехать: ул. Садовая, д. 12, кв. 45" in lines
    assert AuditEvent.objects.filter(action="scheduling.read_home_visits").count() == 1


def test_accept_assign_and_done_go_one_after_another(say, row):
    assert say("accept", row.number, "--comment", "Ждите звонка") == [f"{row.number}: accept"]
    say("assign", row.number, "--doctor", "Петрова Е. С.", "--from", "2026-11-25T16:00", "--to", "2026-11-25T18:00")
    row.refresh_from_db()
    assert row.starts_at == datetime(2026, 11, 25, 16, 0, tzinfo=OMSK)
    say("done", row.number)

    row.refresh_from_db()
    assert row.status == "done"
    assert say("list") == []


def test_assign_takes_a_time_with_an_offset_as_it_is(say, row):
    say("assign", row.number, "--doctor", "П", "--from", "2026-11-25T16:00+03:00", "--to", "2026-11-25T18:00+03:00")

    row.refresh_from_db()
    assert row.ends_at - row.starts_at == timedelta(hours=2)
    assert row.starts_at == datetime(2026, 11, 25, 16, 0, tzinfo=ZoneInfo("Europe/Moscow"))


def test_reject_tells_the_reason(say, row):
    say("reject", row.number, "--reason", "Не наш участок")

    row.refresh_from_db()
    assert (row.status, row.reason) == ("rejected", "Не наш участок")
    with pytest.raises(answers.NotForThisStatus):
        say("accept", row.number)


def test_number_of_another_clinic_is_missing(say, row):
    with pytest.raises(NotFound):
        say("accept", row.number, at=uuid4())
    with pytest.raises(NotFound):
        say("show", "МК-2026-999999")
