"""How the persons of one account are told apart."""

from datetime import date
from uuid import UUID, uuid4

import pytest

from medkarta.core.scopes import Actor, ActorKind, FamilyScope
from medkarta.patients import queries
from medkarta.patients.tests.factories import PatientFactory, PersonFactory, scope_of

FATHER, SON, AUNT = UUID(int=1), UUID(int=2), UUID(int=3)


@pytest.mark.parametrize(
    ("people", "names"),
    [
        ([], {}),
        ([(FATHER, "Пётр", None), (AUNT, "Анна", date(1980, 1, 1))], {FATHER: "Пётр", AUNT: "Анна"}),
        (
            [(FATHER, "Пётр", date(1986, 12, 2)), (SON, "Пётр", date(2019, 9, 3)), (AUNT, "Анна", date(1980, 1, 1))],
            {FATHER: "Пётр (1986)", SON: "Пётр (2019)", AUNT: "Анна"},
        ),
        ([(FATHER, "Пётр", None), (SON, "Пётр", date(2019, 9, 3))], {FATHER: "Пётр", SON: "Пётр (2019)"}),
    ],
)
def test_given_names_add_the_year_where_two_share_a_name(people, names):
    assert queries.given_names(people) == names


@pytest.mark.django_db
def test_list_given_names_are_those_of_the_family_only(django_assert_num_queries):
    own, child = (PatientFactory(person=PersonFactory(given_name=name)) for name in ("Анна", "Пётр"))
    PersonFactory(given_name="Олег")
    scope = FamilyScope(Actor(ActorKind.PERSON, "x"), uuid4(), (scope_of(own), scope_of(child)))

    with django_assert_num_queries(1):
        assert queries.list_given_names(scope) == {own.person_id: "Анна", child.person_id: "Пётр"}
