"""The desk's verbs, as the command reads and carries them out."""

from contextlib import suppress
from io import StringIO

import pytest
from django.core.management import call_command

from medkarta.documents.models import CertificateOrder
from medkarta.documents.tests.factories_orders import CertificateOrderFactory, pdf
from medkarta.facilities.tests.factories import FacilityFactory
from medkarta.patients.tests.factories import PatientFactory
from medkarta.requests.models import Request

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic():
    return FacilityFactory(name="Поликлиника № 3")


@pytest.fixture
def row(clinic):
    """An order with its request, as a person's form leaves it."""
    found = CertificateOrderFactory(
        patient=PatientFactory(source="medkarta"), facility_id=clinic.pk, answers={"about": "Операция"}
    )
    Request.objects.create(
        number=found.number,
        kind="certificate",
        person=found.patient.person,
        target_id=found.pk,
        title=found.kind,
        status="new",
        created_at=found.ordered_at,
        changed_at=found.ordered_at,
    )
    return found


def run(clinic, *words):
    """Run a line at a clinic's desk; return what was printed, and why it was refused."""
    out, err = StringIO(), StringIO()
    with suppress(SystemExit):
        call_command("desk", "certificates", *words, "--clinic", str(clinic.pk), stdout=out, stderr=err)
    return out.getvalue().strip(), err.getvalue().strip()


def desk(clinic, *words):
    return "".join(run(clinic, *words))


def test_list_and_show_tell_what_waits(clinic, row):
    assert desk(clinic, "list") == f"{row.number}  25.11.2026  Создана  Выписка из медицинской карты, 027/у"
    shown = desk(clinic, "show", row.number)
    assert "Куда нужна: В санаторий" in shown
    assert "О чём нужна выписка: Операция" in shown
    assert desk(FacilityFactory(), "list") == ""


def test_order_goes_from_the_desk_to_the_person(clinic, row, tmp_path):
    (tmp_path / "sheet.pdf").write_bytes(pdf())

    assert desk(clinic, "take", row.number) == f"{row.number}: take"
    assert desk(clinic, "need-visit", row.number, "--comment", "Нужен терапевт") == f"{row.number}: need-visit"
    assert desk(clinic, "ready", row.number, "--file", str(tmp_path / "sheet.pdf")) == f"{row.number}: ready"

    found = CertificateOrder.objects.get()
    assert (found.status, found.comment) == ("ready", "")
    assert found.document_id


def test_refusal_ends_with_1(clinic):
    with pytest.raises(SystemExit, match="1"):
        call_command("desk", "certificates", "take", "МК-0", "--clinic", str(clinic.pk), stderr=StringIO())


def test_refusal_is_a_sentence(clinic, row, tmp_path):
    (tmp_path / "page.html").write_bytes(b"<html>")

    assert desk(clinic, "ready", row.number, "--file", str(tmp_path / "page.html")).startswith("Это не PDF")
    assert desk(clinic, "ready", row.number, "--file", str(tmp_path / "missing.pdf")).startswith("Такого файла нет")
    assert desk(clinic, "ready", row.number, "--file", str(tmp_path)).startswith("Такого файла нет")
    assert desk(FacilityFactory(), "take", row.number).startswith("Такого в этой клинике нет")
    assert desk(clinic, "refuse", row.number, "--reason", "Карты нет") == f"{row.number}: refuse"
    assert desk(clinic, "take", row.number).startswith("Статус заявки уже другой")
