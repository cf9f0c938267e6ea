"""Two at once: one call, whichever was first."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection

from medkarta.facilities.tests.factories import FacilityFactory
from medkarta.patients.tests.factories import NOW, PatientFactory
from medkarta.requests.models import Request, RequestEvent
from medkarta.scheduling.actions import home_visit_answers as answers
from medkarta.scheduling.actions import home_visits as actions
from medkarta.scheduling.models import HomeVisitRequest
from medkarta.scheduling.tests.test_home_visits import call, of, staff_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="the test database of SQLite lives in one connection"),
]


def at_once(*acts):
    """Return what each act gave or raised, all started at the same moment."""
    start = Barrier(len(acts))

    def run(act):
        start.wait(10)
        try:
            return act()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.fixture
def clinic():
    return FacilityFactory(serves_adults=True)


@pytest.fixture
def scope(clinic):
    return of(PatientFactory(registered_facility_id=clinic.pk))


def test_request_home_visit_by_four_clicks_at_once_is_one_call(scope, clinic):
    key = uuid4()

    found = at_once(*[lambda: call(scope, clinic, key=key)] * 4)

    assert found == [HomeVisitRequest.objects.get().pk] * 4
    assert Request.objects.count() == 1


def test_request_home_visit_from_two_tabs_at_once_is_one_call_and_its_address(scope, clinic):
    found = at_once(lambda: call(scope, clinic), lambda: call(scope, clinic))

    call_id = HomeVisitRequest.objects.get().pk
    refused = [one for one in found if isinstance(one, actions.AlreadyCalled)]
    assert call_id in found
    assert [one.call_id for one in refused] == [call_id]


def test_cancel_and_accept_at_once_agree_with_the_request(scope, clinic):
    call_id = call(scope, clinic)

    at_once(
        lambda: actions.cancel_home_visit(scope, call_id=call_id, now=NOW),
        lambda: answers.complete(staff_of(clinic), call_id=call_id, now=NOW),
        lambda: answers.accept(staff_of(clinic), call_id=call_id, now=NOW),
    )

    row, asked = HomeVisitRequest.objects.get(), Request.objects.get()
    assert row.status == asked.status
    assert RequestEvent.objects.filter(status=row.status).exists()
