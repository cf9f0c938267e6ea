"""The steps after a time was chosen, as a browser goes through them."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from medkarta.facilities.tests.factories import FacilityFactory
from medkarta.mailer import links
from medkarta.mailer.models import Notice
from medkarta.patients.tests.factories import AccountFactory, PatientFactory, RepresentationFactory, scope_of
from medkarta.scheduling.actions import booking
from medkarta.scheduling.actions.checks import Order
from medkarta.scheduling.models import Appointment, Slot
from medkarta.scheduling.queries.facts import ANSWER
from medkarta.scheduling.tests.factories import SlotFactory
from medkarta.signin.tests.factories import signed_in

pytestmark = pytest.mark.django_db


class Visitor:
    """A signed-in person with his browser."""

    def __init__(self):
        self.patient = PatientFactory()
        self.account = AccountFactory()
        key = RepresentationFactory(account=self.account, person=self.patient.person).key
        self.scope = scope_of(self.patient, account=self.account)
        self.home = f"/p/{key}/appointments/"
        self.browser = signed_in(self.account)

    def hold(self, slot, **more):
        return self.browser.post(f"{self.home}book/hold/", {"slot": slot.pk, **more})

    def look(self, slot, query=""):
        return self.browser.get(f"{self.home}book/confirm/?slot={slot.pk}{query}")

    def confirm(self, slot, key="", **more):
        return self.browser.post(f"{self.home}book/confirm/", {"slot": slot.pk, "key": key, **more})


@pytest.fixture
def visitor():
    return Visitor()


def slot_in(days=1, **values):
    at = timezone.now().replace(hour=7, minute=0, second=0, microsecond=0) + timedelta(days=days)
    return SlotFactory(**{"specialty_code": "49", "rights_mask": 15, "starts_at": at, **values})


def key_of(answer):
    return re.search(r'name="key" value="([^"]+)"', answer.content.decode()).group(1)


def test_hold_look_confirm_and_done(visitor):
    slot = slot_in(facility=FacilityFactory(name="Поликлиника № 3"))

    held = visitor.hold(slot)
    page = visitor.browser.get(held["Location"])
    done = visitor.confirm(slot, key_of(page))
    shown = visitor.browser.get(done["Location"])

    assert (held.status_code, page.status_code, done.status_code, shown.status_code) == (303, 200, 303, 200)
    assert "Время держим за вами" in page.content.decode()
    assert "Поликлиника № 3" in page.content.decode()
    assert "Готово, вы записаны" in shown.content.decode()
    assert "Отменить запись" in shown.content.decode()


@pytest.mark.parametrize(("hours", "promised"), [(49, 2), (20, 1), (2, 0)])
def test_look_promises_the_reminders_that_will_come(visitor, hours, promised):
    slot = slot_in(starts_at=timezone.now() + timedelta(hours=hours))
    visitor.hold(slot)

    page = visitor.look(slot).content.decode()

    assert ("напоминания не будет" in page) is (promised == 0)
    visitor.confirm(slot, key_of(visitor.look(slot)))
    assert Notice.objects.filter(text="scheduling.reminder").count() == promised
    card = page[page.index('id="rem"') :].partition("</section>")[0]
    assert card.count("<li>") == promised


def test_confirm_pressed_twice_and_back_show_the_same_booking(visitor):
    slot = slot_in()
    visitor.hold(slot)
    key = key_of(visitor.look(slot))

    first, second = visitor.confirm(slot, key), visitor.confirm(slot, key)
    back = visitor.look(slot)

    assert first["Location"] == second["Location"] == back["Location"]
    assert Appointment.objects.count() == 1


def test_hold_of_what_another_took_offers_the_nearest_times_at_once(visitor):
    clinic = FacilityFactory()
    taken, near, elsewhere = slot_in(facility=clinic), slot_in(days=2, facility=clinic), slot_in(days=2)
    booking.book(Visitor().scope, Order(taken.pk), now=timezone.now())

    answer = visitor.hold(taken)

    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Это время только что заняли" in text
    assert f'value="{near.pk}"' in text
    assert f'value="{elsewhere.pk}"' not in text


def test_look_never_holds(visitor):
    slot = slot_in()

    answer = visitor.look(slot)

    slot.refresh_from_db()
    assert slot.held_by is None
    assert "Занять это время снова" in answer.content.decode()


def test_extend_and_release_from_the_page(visitor):
    slot = slot_in()
    visitor.hold(slot)
    Slot.objects.filter(pk=slot.pk).update(held_until=timezone.now() + timedelta(minutes=1))

    extended = visitor.browser.post(f"{visitor.home}book/extend/", {"slot": slot.pk})
    slot.refresh_from_db()
    assert extended.status_code == 303
    assert slot.held_until > timezone.now() + timedelta(minutes=4)

    released = visitor.browser.post(f"{visitor.home}book/release/", {"slot": slot.pk, "specialty": "49"})
    slot.refresh_from_db()
    assert slot.held_by is None
    assert released["Location"].endswith("book/times/?specialty=49")


def test_second_booking_of_a_position_offers_to_replace_the_first(visitor):
    booked = booking.book(visitor.scope, Order(slot_in().pk), now=timezone.now())
    other = slot_in(days=3)

    answer = visitor.hold(other)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "К этому специалисту уже есть запись" in text
    assert f'name="move" value="{booked.pk}"' in text

    assert visitor.hold(other, move=booked.pk).status_code == 303
    page = visitor.look(other, f"&move={booked.pk}")
    assert "Перенос записи" in page.content.decode()
    moved = visitor.confirm(other, key_of(page), move=booked.pk)
    assert "done=moved" in moved["Location"]
    assert Appointment.objects.get(status="booked").slot_id == other.pk


def test_move_leads_to_the_times_of_the_same_position(visitor):
    booked = booking.book(visitor.scope, Order(slot_in().pk), now=timezone.now())

    answer = visitor.browser.get(f"{visitor.home}{booked.pk}/move/")

    assert answer["Location"].endswith(f"book/times/?specialty=49&move={booked.pk}")


def test_cancel_asks_once_then_cancels(visitor):
    booked = booking.book(visitor.scope, Order(slot_in().pk), now=timezone.now())
    address = f"{visitor.home}{booked.pk}/cancel/"

    asked = visitor.browser.get(address)
    booked.refresh_from_db()
    assert "Отменить запись?" in asked.content.decode()
    assert booked.status == "booked"

    done = visitor.browser.post(address)
    shown = visitor.browser.get(done["Location"])
    assert "Запись отменена" in shown.content.decode()
    assert visitor.browser.post(address).status_code == 303


@pytest.mark.parametrize("path", ["hold/", "extend/", "confirm/"])
def test_steps_without_a_time_or_with_a_wrong_one_are_missing(visitor, path):
    assert visitor.browser.post(f"{visitor.home}book/{path}", {"slot": "no-uuid"}).status_code == 404


def test_answer_by_a_link_changes_nothing_on_get_and_can_be_changed(visitor, client):
    slot = slot_in()
    booked = booking.book(visitor.scope, Order(slot.pk), now=timezone.now())
    token = links.make(ANSWER, {"appointment": str(booked.pk)}, slot.starts_at)
    address = f"/visit/{token}/"

    text = client.get(address).content.decode()
    booked.refresh_from_db()
    assert booked.coming is None
    assert "Терапевт" not in text
    assert visitor.patient.person.family_name not in text

    client.post(address, {"coming": "no"})
    booked.refresh_from_db()
    assert (booked.status, booked.coming) == ("cancelled", False)

    client.post(address, {"coming": "yes"})
    again = Appointment.objects.get(status="booked")
    assert (again.slot_id, again.coming, again.moved_from) == (slot.pk, True, booked.pk)
    assert "Вы ответили: приду" in client.get(address).content.decode()


def test_answer_yes_after_no_when_another_has_the_time(visitor, client):
    slot = slot_in()
    booked = booking.book(visitor.scope, Order(slot.pk), now=timezone.now())
    address = f"/visit/{links.make(ANSWER, {'appointment': str(booked.pk)}, slot.starts_at)}/"
    client.post(address, {"coming": "no"})
    booking.book(Visitor().scope, Order(slot.pk), now=timezone.now())

    answer = client.post(address, {"coming": "yes"})

    assert answer.status_code == 409
    assert "Это время только что заняли" in answer.content.decode()


@pytest.mark.parametrize("token", ["x", "x:y:z"])
def test_answer_with_a_forged_link_is_missing(client, token):
    assert client.get(f"/visit/{token}/").status_code == 404


def test_answer_by_an_old_link_says_so(client):
    token = links.make(ANSWER, {"appointment": "0" * 32}, timezone.now() - timedelta(seconds=1))

    assert client.get(f"/visit/{token}/").status_code == 410
