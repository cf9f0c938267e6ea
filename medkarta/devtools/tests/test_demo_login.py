"""`medkarta demo-login`: an imported patient gets an invented account, explicitly and written down."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from medkarta.audit.models import AuditEvent
from medkarta.core.ids import digits
from medkarta.core.scopes import SystemScope
from medkarta.devtools import demo_login
from medkarta.devtools.standin.persons import read_persons
from medkarta.gateway import intake
from medkarta.hl7.files import source_of
from medkarta.hl7.reading import read_units
from medkarta.patients.models import Patient
from medkarta.patients.tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(tmp_path, settings):
    settings.DATA_DIR = tmp_path


def arrive(source, rid, born):
    text = f'{{"resourceType":"Patient","id":"{rid}","name":[{{"family":"Doe","given":["Jan"]}}],"birthDate":"{born}"}}'
    units = read_units(source_of("patient.json", text.encode()))
    assert [str(one.fate) for one in intake.take(SystemScope.of(source), units, now=NOW)] == ["created"]


def names():
    return {one.full_name: one for one in read_persons(demo_login.folder() / "persons.json")}


def test_add_links_an_adult_to_an_invented_person():
    arrive("mis", "p1", "1980-05-05")

    made = demo_login.add("p1", now=NOW)

    row = Patient.objects.get()
    assert made == demo_login.Made("Doe Jan")
    assert row.person.snils == digits(names()["Doe Jan"].snils)
    assert AuditEvent.objects.get(action="patients.demo_link").patient_id == row.pk


def test_add_puts_a_child_under_an_invented_parent():
    arrive("mis", "p1", date(NOW.year - 6, 1, 1))

    made = demo_login.add(str(Patient.objects.get().pk), now=NOW)

    parent, child = names()[made.login_name], names()[made.child_name]
    assert made.child_name == "Doe Jan"
    assert parent.children == (child.oid,)
    assert digits(parent.snils) != digits(child.snils)


def test_command_says_which_button_to_press():
    arrive("mis", "p1", "1980-05-05")
    out = StringIO()

    call_command("demo-login", "p1", stdout=out)

    assert "«Doe Jan»" in out.getvalue()


@pytest.mark.parametrize("sources", [(), ("mis", "lab")])
def test_command_refuses_nobody_and_several(sources):
    for source in sources:
        arrive(source, "p1", "1980-05-05")

    with pytest.raises(CommandError, match="p1"):
        call_command("demo-login", "p1")
    assert not Patient.objects.exclude(person=None).exists()
