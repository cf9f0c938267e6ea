from datetime import timedelta

import pytest

from medkarta.patients.tests.factories import NOW
from medkarta.signin.rules import proved_at

HOUR_AGO = NOW - timedelta(hours=1)


@pytest.mark.parametrize("said", [HOUR_AGO.timestamp(), int(HOUR_AGO.timestamp()), str(int(HOUR_AGO.timestamp()))])
def test_proved_at_is_the_providers_own_time(said):
    assert proved_at({"auth_time": said}, now=NOW) == HOUR_AGO


@pytest.mark.parametrize("said", [None, "", "yesterday", [], 1e300, float("nan"), NOW.timestamp() + 60])
def test_proved_at_is_now_where_the_provider_says_nothing_possible(said):
    assert proved_at({"auth_time": said}, now=NOW) == NOW


def test_proved_at_without_a_claim_is_now():
    assert proved_at({}, now=NOW) == NOW
