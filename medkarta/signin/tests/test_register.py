from datetime import UTC, date, datetime

import pytest

from medkarta.accounts.actions import scope_of_account
from medkarta.integrations.esia.port import EsiaChild, EsiaPerson, Profile
from medkarta.patients.models import Representation
from medkarta.patients.tests.factories import AccountFactory
from medkarta.signin import actions

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def profile(**changes):
    person = EsiaPerson(
        oid="1", trusted=True, family_name="Иванова", given_name="Анна", middle_name="Сергеевна",
        birth_date=date(1988, 4, 17), gender="female", snils="90000000182",
    )  # fmt: skip
    child = EsiaChild(
        "2", family_name="Иванов", given_name="Пётр", middle_name="Дмитриевич", birth_date=date(2019, 9, 3),
        gender="male", snils="90000000283",
    )  # fmt: skip
    given = {"contacts": (), "addresses": (), "documents": (), "children": (child,), "missing": ()}
    return Profile(person=person, **{**given, **changes})


def test_register_children_that_are_not_shared_any_more_need_confirmation():
    scope = scope_of_account(AccountFactory().pk)
    actions.register(scope, profile(), now=NOW)

    actions.register(scope, profile(children=(), missing=("children",)), now=NOW)

    assert Representation.objects.get(kind="parent").status == "needs-confirmation"
    assert Representation.objects.get(kind="self").status == "active"


def test_register_children_that_are_shared_again_need_none():
    scope = scope_of_account(AccountFactory().pk)
    actions.register(scope, profile(), now=NOW)
    actions.register(scope, profile(children=(), missing=("children",)), now=NOW)

    actions.register(scope, profile(), now=NOW)

    assert Representation.objects.get(kind="parent").status == "active"
