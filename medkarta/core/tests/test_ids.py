import pytest
from hypothesis import given
from hypothesis import strategies as st

from medkarta.core import ids


@pytest.mark.parametrize("number", ["112-233-445 95", "087-654-303 00", "900-000-001 82", "000-000-600 06"])
def test_is_valid_snils_accepts(number):
    assert ids.is_valid_snils(number)


@pytest.mark.parametrize("number", ["112-233-445 96", "254-636-254 26", "1122334459", "", "001-001-999 00"])
def test_is_valid_snils_refuses(number):
    assert not ids.is_valid_snils(number)


@pytest.mark.parametrize("number", ["5056410884000012", "5092979742000014", "5067950818123452", "5055110832001010"])
def test_is_valid_enp_accepts(number):
    assert ids.is_valid_enp(number)


@given(st.text("0123456789", min_size=15, max_size=15), st.integers(0, 14), st.integers(1, 9))
def test_is_valid_enp_notices_one_wrong_digit(first, place, shift):
    number = first + ids.enp_check_digit(first)
    broken = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]

    assert ids.is_valid_enp(number)
    assert not ids.is_valid_enp(broken)


def test_resource_id_is_a_function_of_its_source():
    assert ids.resource_id("a", "Patient", "1") == ids.resource_id("a", "Patient", "1")
    assert ids.resource_id("a", "Patient", "1") != ids.resource_id("b", "Patient", "1")


def test_new_id_is_a_version_7_uuid_that_grows():
    first, second = ids.new_id(), ids.new_id()

    assert first.version == 7
    assert first.int >> 80 <= second.int >> 80
