"""The pages between choosing a time and having been there: a bare request shows none of them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.test import Client
from django.utils import timezone

from medkarta.mailer import links
from medkarta.scheduling.models import Appointment
from medkarta.scheduling.queries.facts import ANSWER
from medkarta.scheduling.tests.factories import SlotFactory
from tests.conftest import House
from tests.page_checks import parse


def pages_of_a_booking(house: House, browser: Client) -> Iterator[Any]:
    """Book for the owner and cancel again; yield each page on the way with the status it has to have."""
    facts = {"facility_id": house.facility_id, "specialty_code": "49", "rights_mask": 15}
    home = f"/p/{house.keys['owner', 'owner']}/appointments/"
    theirs = f"/p/{house.keys['stranger', 'stranger']}/appointments/"
    at = timezone.now() + timedelta(days=2)
    mine, taken, other = (SlotFactory(starts_at=at + timedelta(days=day), **facts) for day in range(3))
    house.browser("stranger").post(f"{theirs}book/hold/", {"slot": taken.pk})
    yield browser.post(f"{home}book/hold/", {"slot": taken.pk}), 409
    yield browser.get(f"{home}book/confirm/?slot={other.pk}"), 200
    looked = browser.get(browser.post(f"{home}book/hold/", {"slot": mine.pk})["Location"])
    yield looked, 200
    key = next(one.get("value") for one in parse(looked.content.decode()).iter("input") if one.get("name") == "key")
    booked = browser.post(f"{home}book/confirm/", {"slot": mine.pk, "key": key})["Location"]
    yield browser.get(booked), 200
    detail = urlsplit(booked).path
    yield browser.get(detail), 200
    yield browser.get(f"{detail}cancel/"), 200
    yield browser.get(browser.get(f"{detail}move/")["Location"]), 200
    appointment = Appointment.objects.get(slot=mine)
    answer = f"/visit/{links.make(ANSWER, {'appointment': str(appointment.pk)}, mine.starts_at)}/"
    yield browser.get(answer), 200
    yield browser.get(browser.post(f"{detail}cancel/")["Location"]), 200
    yield browser.get(answer), 200
