"""The month as a person gets it, of himself and of the family, and the files for a calendar program."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from medkarta.audit.models import AuditEvent
from medkarta.audit.texts import registered
from medkarta.facilities.tests.factories import FacilityFactory
from medkarta.patients.models import Representation
from medkarta.patients.tests.factories import PatientFactory, PersonFactory, RepresentationFactory
from medkarta.scheduling.models import Appointment
from medkarta.scheduling.tests.factories import AppointmentFactory, HomeVisitFactory
from medkarta.signin.tests.factories import resident, signed_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


class Anna:
    """Somebody with a son of seven, at a browser; she proved herself long enough ago."""

    def __init__(self, *, later=timedelta(minutes=11)):
        self.account, person, self.key = resident(given_name="Анна", birth_date=date(1988, 4, 17))
        self.own = PatientFactory(person=person)
        self.son = PatientFactory(person=PersonFactory(given_name="Пётр", birth_date=date(2019, 9, 3)))
        self.sons_key = RepresentationFactory(account=self.account, person=self.son.person, kind="parent").key
        self.browser = signed_in(self.account, now=NOW - later)

    def calendar(self, query="", *, key=""):
        answer = self.browser.get(f"/p/{key or self.key}/appointments/calendar/{query}")
        assert answer.status_code == 200
        return answer.content.decode().replace("\u00a0", " ")


@pytest.fixture
def anna():
    return Anna()


def test_show_calendar_marks_days_and_lists_them(anna):
    AppointmentFactory(patient=anna.own)
    HomeVisitFactory(patient=anna.own, starts_at=NOW + 2 * DAY)
    AppointmentFactory(patient=anna.son, specialty_name="Педиатр")

    text = anna.calendar("?month=2026-11")

    assert "Ноябрь 2026" in text
    assert 'class="is-app"' in text
    assert 'class="is-home"' in text
    assert "Терапевт" in text
    assert 'href="?month=2026-10"' in text
    assert 'href="?month=2026-12"' in text
    assert f'href="/p/{anna.key}/appointments/?on=2026-11-26"' in text
    assert "Часть записей закрыта" not in text
    assert "Педиатр" in text  # the home visit's; of the son's record is nothing here
    assert "Пётр:" not in text


def test_show_calendar_of_the_family_names_everybody(anna):
    AppointmentFactory(patient=anna.own)
    AppointmentFactory(patient=anna.son, specialty_name="Хирург")
    HomeVisitFactory(patient=anna.son, starts_at=NOW + 2 * DAY)

    text = anna.calendar("?who=all&month=2026-11")

    assert "Анна: Терапевт" in text
    assert "Пётр: Хирург" in text
    assert "Пётр: Педиатр" in text
    assert "26 ноября" in text
    assert "Анна: приём в 12:00, Терапевт; Пётр: приём в 12:00, Хирург" in text
    assert 'href="?who=all&amp;month=2026-10"' in text
    assert f'href="/p/{anna.key}/appointments/calendar/?who=all&amp;day=2026-11-26#day"' in text
    assert f'href="/p/{anna.sons_key}/appointments/' in text


def test_show_calendar_of_the_family_opens_the_list_of_a_day(anna):
    AppointmentFactory(patient=anna.son, specialty_name="Хирург")
    AppointmentFactory(patient=anna.own, starts_at=NOW + 2 * DAY, specialty_name="Окулист")

    text = anna.calendar("?who=all&day=2026-11-26")

    assert "Пётр: Хирург" in text
    assert "Анна: Окулист</" not in text
    assert "чт, 26 ноября" in text
    assert 'href="?who=all&amp;month=2026-11"' in text
    assert "В этот день приёмов нет" in anna.calendar("?who=all&day=2026-11-29")


def test_show_calendar_of_the_family_leaves_one_row_for_each_person(anna):
    own = AppointmentFactory(patient=anna.own)
    visit = HomeVisitFactory(patient=anna.son)
    anna.calendar()
    before = AuditEvent.objects.count()

    anna.calendar("?who=all")

    written = {one.person_id: one for one in AuditEvent.objects.order_by("pk")[before:]}
    assert AuditEvent.objects.count() == before + 2
    assert written[anna.own.person_id].details == {"read": {"Appointment": [str(own.pk)]}}
    assert written[anna.son.person_id].details == {"read": {"ServiceRequest": [str(visit.pk)]}}
    assert {one.action for one in written.values()} == {"scheduling.family_calendar"}
    assert {one.actor_ref for one in written.values()} == {str(anna.account.pk)}


def test_show_calendar_of_the_family_from_a_childs_record_is_the_same(anna):
    AppointmentFactory(patient=anna.own)
    AppointmentFactory(patient=anna.son, specialty_name="Хирург")

    text = anna.calendar("?who=all", key=anna.sons_key)

    assert "Анна: Терапевт" in text
    assert "Пётр: Хирург" in text
    assert f'href="/p/{anna.key}/appointments/' in text


@pytest.mark.parametrize("status", ["suspended", "closed"])
def test_show_calendar_of_the_family_has_nobody_whose_rights_ended(anna, status):
    AppointmentFactory(patient=anna.son, specialty_name="Хирург")
    Representation.objects.filter(kind="parent").update(status=status, closed_at=NOW if status == "closed" else None)
    before = AuditEvent.objects.filter(person_id=anna.son.person_id).count()

    text = anna.calendar("?who=all")

    assert "Хирург" not in text
    assert "Вся семья" not in text
    assert AuditEvent.objects.filter(person_id=anna.son.person_id).count() == before


def test_show_calendar_of_the_family_has_no_child_who_is_eighteen(anna):
    AppointmentFactory(patient=anna.son, specialty_name="Хирург")
    anna.son.person.birth_date = date(2008, 11, 25)
    anna.son.person.save()

    assert "Хирург" not in anna.calendar("?who=all")


@pytest.mark.parametrize(("minutes", "seen"), [(10, True), (11, False)])
def test_show_calendar_of_the_family_keeps_to_each_members_secrecy(minutes, seen):
    anna = Anna(later=timedelta(minutes=minutes))
    teen = PatientFactory(person=PersonFactory(given_name="Мария", birth_date=date(2010, 2, 11)))
    RepresentationFactory(account=anna.account, person=teen.person, kind="parent")
    for patient, what in ((anna.own, "Своё"), (anna.son, "Сына"), (teen, "Дочери")):
        AppointmentFactory(patient=patient, specialty_name=what, is_restricted=True)

    text = anna.calendar("?who=all")

    assert ("Анна: Своё" in text, "Пётр: Сына" in text) == (seen, seen)
    assert "Дочери" not in text
    assert ("Часть записей закрыта" in text) is not seen


def test_show_calendar_tells_the_owner_of_locked_records(anna):
    HomeVisitFactory(patient=anna.own, is_restricted=True)

    text = anna.calendar()

    assert "Часть записей закрыта" in text
    assert 'class="is-home"' not in text


def test_show_calendar_of_somebody_alone_offers_no_family():
    account, person, key = resident()
    PatientFactory(person=person)

    text = signed_in(account).get(f"/p/{key}/appointments/calendar/?who=all").content.decode()

    assert "Вся семья" not in text


@pytest.mark.parametrize("month", ["2026-12", "9999-12", "0001-01", "2026-13", ""])
def test_show_calendar_without_records_or_with_a_wrong_month_opens(anna, month):
    assert "В этом месяце приёмов нет" in anna.calendar(f"?month={month}")


@pytest.mark.parametrize("day", ["2026-02-30", "9999-12-31", "1900-01-01", "x"])
def test_show_calendar_with_a_wrong_day_opens(anna, day):
    assert "приёмов нет" in anna.calendar(f"?who=all&day={day}")


def test_show_calendar_of_the_family_keeps_to_six_statements(anna):
    for day in range(20):
        AppointmentFactory(patient=anna.own if day % 2 else anna.son, starts_at=NOW + day * timedelta(hours=1))
    anna.calendar()

    with CaptureQueriesContext(connection) as captured:
        anna.calendar("?who=all")

    statements = [one["sql"] for one in captured if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(statements) <= 6, "\n".join(statements)


@pytest.mark.parametrize("action", ["family_calendar", "calendar_file", "feed", "create_feed", "revoke_feed"])
def test_actions_have_words_in_the_access_log(action):
    assert f"scheduling.{action}" in registered()


def test_show_appointment_offers_the_calendar_while_it_lies_ahead(anna):
    ahead = AppointmentFactory(patient=anna.own)
    gone = AppointmentFactory(patient=anna.own, status="cancelled")
    visit = HomeVisitFactory(patient=anna.own)
    base = f"/p/{anna.key}/appointments/"

    def page(path):
        return anna.browser.get(f"{base}{path}").content.decode()

    assert f'href="{base}{ahead.pk}/calendar.ics"' in page(f"{ahead.pk}/")
    assert f'href="{base}home-visits/{visit.pk}/calendar.ics"' in page(f"home-visits/{visit.pk}/")
    assert "calendar.ics" not in page(f"{gone.pk}/")


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("", []),
        ("?details=0&address=yes", []),
        ("?address=1", ["Ленина"]),
        ("?details=1", ["Хирург", "Петрова", "Ленина"]),
    ],
)
def test_download_appointment_tells_only_what_was_asked_for(anna, query, told):
    clinic = FacilityFactory(address="ул. Ленина, 1", timezone="Europe/Moscow")
    row = AppointmentFactory(
        patient=anna.own, specialty_name="Хирург", practitioner_name="Петрова Елена Сергеевна", facility=clinic
    )

    answer = anna.browser.get(f"/p/{anna.key}/appointments/{row.pk}/calendar.ics{query}")

    text = answer.content.decode().replace("\r\n ", "")
    assert [word for word in ("Хирург", "Петрова", "Ленина") if word in text] == told
    assert answer["Content-Type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    assert answer["Content-Disposition"] == 'attachment; filename="medkarta.ics"'
    assert answer["Cache-Control"] == "no-store"
    assert AuditEvent.objects.latest("pk").action == "scheduling.calendar_file"


def test_download_of_a_cancelled_one_takes_it_out_of_the_calendar(anna):
    row = AppointmentFactory(patient=anna.own, status="cancelled")

    answer = anna.browser.get(f"/p/{anna.key}/appointments/{row.pk}/calendar.ics")

    assert answer["Content-Type"].endswith("method=CANCEL")
    assert "METHOD:CANCEL" in answer.content.decode()


def test_download_of_one_without_a_time_is_missing(anna):
    row = AppointmentFactory(patient=anna.own, starts_at=None, status="pending")

    assert anna.browser.get(f"/p/{anna.key}/appointments/{row.pk}/calendar.ics").status_code == 404
    Appointment.objects.filter(pk=row.pk).update(starts_at=NOW)
    assert anna.browser.get(f"/p/{anna.key}/appointments/{row.pk}/calendar.ics").status_code == 200


def test_download_home_visit_says_nothing_of_a_doctor(anna):
    visit = HomeVisitFactory(patient=anna.own, complaint="Температура")

    text = anna.browser.get(f"/p/{anna.key}/appointments/home-visits/{visit.pk}/calendar.ics").content.decode()

    assert "SUMMARY:Визит на дом" in text
    assert not re.search("Педиатр|Температура|врач[уа]", text)
