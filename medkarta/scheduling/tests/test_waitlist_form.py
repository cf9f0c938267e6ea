"""The form of the waiting list, as a browser without a script sends it."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from medkarta.patients.tests.factories import NOW, PatientFactory, PersonFactory, RepresentationFactory
from medkarta.scheduling import waitlist_told
from medkarta.scheduling.actions import waitlist
from medkarta.scheduling.models import WaitlistEntry
from medkarta.scheduling.queries import posts
from medkarta.scheduling.queries import settings as numbers
from medkarta.scheduling.tests.waiting_room import DAY, HOUR, MINUTE, POSITION, Clinic, Visitor, booked, reloaded, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(settings):
    settings.QUIET_HOURS = None
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


@pytest.fixture
def clinic(db):
    return Clinic(name="Поликлиника № 3", serves_adults=True)


@pytest.fixture
def visitor():
    return Visitor()


def test_form_offers_clinics_days_and_a_month(clinic, visitor):
    answer = visitor.get(f"waitlist/new/?specialty={POSITION}&facility={clinic.facility.pk}")

    page = text(answer)
    assert answer.status_code == 200
    assert "Поликлиника № 3" in page
    assert 'value="2026-12-25"' in page
    assert page.count('name="weekdays"') == 7
    assert "Только к врачу" not in page


def test_form_reads_little_for_many_clinics(clinic, visitor, settings, django_assert_max_num_queries):
    for _number in range(15):
        Clinic(serves_adults=True)
    settings.SETTINGS_KEPT_SECONDS = 5.0  # as outside of tests: the directory and the numbers are kept

    try:
        with django_assert_max_num_queries(12):  # the directory once, the numbers once, the person, the log
            page = text(visitor.get(f"waitlist/new/?specialty={POSITION}"))
    finally:
        posts.forget()
        numbers.forget()

    assert page.count('name="clinics"') == 12


def test_form_of_a_doctor_offers_him_or_any(clinic, visitor):
    page = text(visitor.get(f"waitlist/new/?specialty={POSITION}&role={clinic.role.pk}"))

    assert "Только к врачу: Пробный Иван Петрович" in page


def test_sent_form_puts_on_the_list_and_shows_the_place(clinic, visitor):
    clinic.join(now=NOW - MINUTE)
    answer = visitor.send(clinic, weekdays=["0", "2"], hour_from="9", hour_to="13", complaint="Болит <b>глаз</b>")

    entry = WaitlistEntry.objects.get(patient__person=visitor.scope.person_id)
    assert (entry.weekdays, entry.minute_from, entry.minute_to) == (0b101, 540, 780)
    assert answer.status_code == 303
    page = text(visitor.browser.get(answer["Location"]))
    assert "Впереди 1 заявка" in page
    assert "пн, ср, не раньше 09:00, не позже 13:00" in page
    assert "Болит &lt;b&gt;глаз" in page
    assert "Заявка принята" in page


def test_same_form_sent_twice_makes_one_entry(clinic, visitor):
    key = str(uuid4())

    first, again = (visitor.send(clinic, form_key=key) for _ in range(2))

    assert first["Location"] == again["Location"]
    assert WaitlistEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"clinics": []}, "Отметьте хотя бы одну клинику"),
        ({"clinics": [str(uuid4())]}, "Выберите клиники из списка"),
        ({"weekdays": []}, "Отметьте хотя бы один день недели"),
        ({"last_day": ""}, "Напишите, до какого дня ждать"),
        ({"last_day": "вчера"}, "Напишите дату"),
        ({"last_day": "2026-11-24"}, "Этот день уже прошёл"),
        ({"last_day": "2027-11-24"}, "Столько ждать нельзя"),
        ({"first_day": "2026-12-21"}, "Первый день позже последнего"),
        ({"hour_from": "12", "hour_to": "9"}, "Это раньше, чем начало"),
        ({"complaint": "а" * 1001}, "сократите на 1 знаков"),
    ],
)
def test_wrong_form_says_what_and_keeps_what_was_typed(clinic, visitor, wrong, sentence):
    answer = visitor.send(clinic, **{"complaint": "Болит глаз"} | wrong)

    page = text(answer)
    assert answer.status_code == 422
    assert sentence in page
    assert wrong.get("complaint", "Болит глаз") in page
    assert not WaitlistEntry.objects.exists()


def test_second_form_leads_to_the_entry_that_stands(clinic, visitor):
    _scope, entry = clinic.join(scope=visitor.scope)

    answer = visitor.send(clinic)

    assert answer["Location"] == f"{visitor.home}waitlist/{entry.pk}/"


def test_form_whose_entry_was_closed_can_be_sent_again(clinic, visitor):
    key = str(uuid4())
    visitor.send(clinic, form_key=key)
    waitlist.leave(visitor.scope, entry_id=WaitlistEntry.objects.get().pk, now=NOW)

    answer = visitor.send(clinic, form_key=key)

    assert answer.status_code == 422
    renewed = re.search(r'name="form_key"[^>]*value="([^"]+)"', answer.content.decode()).group(1)
    assert visitor.send(clinic, form_key=renewed).status_code == 303


def test_form_where_a_visit_is_booked_offers_an_earlier_time_instead(clinic, visitor):
    _scope, mine = booked(clinic.slot(), scope=visitor.scope)

    answer = visitor.send(clinic)

    assert answer.status_code == 409
    assert f"{visitor.home}waitlist/new/?swap={mine.pk}" in text(answer)


def test_swap_form_knows_the_visit_and_keeps_it(clinic, visitor):
    _scope, mine = booked(clinic.slot(NOW + 9 * DAY), scope=visitor.scope)

    page = text(visitor.get(f"waitlist/new/?swap={mine.pk}"))
    assert "Эта запись останется за вами" in page
    answer = visitor.send(clinic, swap=str(mine.pk), doctor="any")

    assert answer.status_code == 303
    assert WaitlistEntry.objects.get().swaps == mine.pk
    assert reloaded(mine).status == "booked"


@pytest.mark.parametrize("query", ["", "?specialty=nobody", "?swap=no-id"])
def test_form_for_nothing_says_so(clinic, visitor, query):
    answer = visitor.get(f"waitlist/new/{query}")

    assert answer.status_code == 200
    assert "нет листа ожидания" in text(answer)


def test_form_for_a_child_at_a_clinic_for_adults_says_why():
    clinic = Clinic(serves_adults=True, serves_children=False)

    answer = Visitor(kind="parent", birth_date=(NOW - 3000 * DAY).date()).get(f"waitlist/new/?specialty={POSITION}")

    assert answer.status_code == 200
    assert "другого возраста" in text(answer)
    assert clinic.facility.pk


def test_brothers_and_sisters_are_put_on_the_list_together():
    clinic = Clinic(serves_children=True)
    child = Visitor(kind="parent", birth_date=(NOW - 3000 * DAY).date(), given_name="Пётр")
    sister = PatientFactory(
        person=PersonFactory(birth_date=(NOW - 4000 * DAY).date(), given_name="Мария"),
        registered_facility_id=clinic.facility.pk,
    )
    child.patient.registered_facility_id = clinic.facility.pk
    child.patient.save()
    key = RepresentationFactory(account=child.account, person=sister.person, kind="parent").key

    page = text(child.get(f"waitlist/new/?specialty={POSITION}"))
    child.send(clinic, together=[key], complaint="Болит ухо")

    assert "Записать вместе" in page
    complaints = dict(WaitlistEntry.objects.values_list("patient__person", "comment"))
    assert complaints == {child.scope.person_id: "Болит ухо", sister.person_id: ""}
    assert "Мария" in page
    assert len(set(WaitlistEntry.objects.values_list("group", flat=True))) == 1
    assert WaitlistEntry.objects.count() == 2


def test_brother_who_waits_already_keeps_everybody_off_the_list_and_says_so():
    clinic = Clinic(serves_children=True)
    born = (NOW - 3000 * DAY).date()
    child = Visitor(kind="parent", birth_date=born)
    brother = Visitor(kind="parent", birth_date=born, given_name="Фёдор")
    for one in (child, brother):
        one.patient.registered_facility_id = clinic.facility.pk
        one.patient.save()
    clinic.join(scope=brother.scope)
    key = RepresentationFactory(account=child.account, person=brother.patient.person, kind="parent").key

    answer = child.send(clinic, together=[key], complaint="Болит ухо")

    assert answer.status_code == 422
    assert "Фёдор уже ждёт приёма у этого специалиста" in text(answer)
    assert "Болит ухо" in text(answer)
    assert WaitlistEntry.objects.count() == 1


def test_children_of_another_clinic_are_not_offered_together():
    clinic = Clinic(serves_children=True)
    born = (NOW - 3000 * DAY).date()
    child = Visitor(kind="parent", birth_date=born)
    sister = PatientFactory(person=PersonFactory(birth_date=born), registered_facility_id=Clinic().facility.pk)
    child.patient.registered_facility_id = clinic.facility.pk
    child.patient.save()
    RepresentationFactory(account=child.account, person=sister.person, kind="parent")

    assert "Записать вместе" not in text(child.get(f"waitlist/new/?specialty={POSITION}"))


def test_sent_form_for_one_doctor_keeps_to_him(clinic, visitor):
    visitor.send(clinic, role=str(clinic.role.pk), doctor="this")

    assert WaitlistEntry.objects.get().practitioner_role_id == clinic.role.pk


def test_form_for_the_rest_of_a_day_that_is_over_says_so(clinic, visitor, clock):
    clock.move_to(NOW.replace(hour=19))
    visitor.sign_in_again()

    answer = visitor.send(clinic, first_day="2026-11-25", last_day="2026-11-25")

    assert answer.status_code == 422
    assert "времени для приёма не остаётся" in text(answer)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(seconds=59), "меньше минуты"),
        (MINUTE, "1 минута"),
        (HOUR, "1 час"),
        (3 * HOUR + 40 * MINUTE, "3 часа 40 минут"),
    ],
)
def test_left_is_said_in_hours_and_minutes(left, words):
    assert waitlist_told.left(NOW + left, now=NOW).replace("\xa0", " ") == words


def test_form_for_one_who_may_only_look_says_so(clinic):
    answer = Visitor(birth_date=(NOW - 14 * 366 * DAY).date()).get(f"waitlist/new/?specialty={POSITION}")

    assert answer.status_code == 200
    assert "только на просмотр" in text(answer)
