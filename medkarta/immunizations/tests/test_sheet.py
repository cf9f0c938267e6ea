import io
from datetime import date, timedelta

import pikepdf
import pytest

from medkarta.core.scopes import Restricted
from medkarta.immunizations import queries, sheet
from medkarta.immunizations.tests.factories import ImmunizationFactory
from medkarta.patients.tests.factories import NOW, PatientFactory, scope_of
from medkarta.printing.tests.reading import squeezed, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient():
    return PatientFactory()


def sheet_of(patient, restricted=Restricted.HIDDEN):
    scope = scope_of(patient, restricted=restricted)
    return sheet.sheet_of(*queries.list_for_sheet(scope), sheet.patients.get_person(scope))


def rows_of(section):
    return [["".join(run.text for run in cell.runs) for cell in row] for row in section.blocks[0].body]


def test_issue_prints_all_vaccinations_of_all_sources(patient):
    ImmunizationFactory(
        patient=patient,
        vaccine_name="Ультрикс",
        lot="U25-118",
        dose_number="1",
        series_doses="2",
        facility_name="Поликлиника",
    )
    ImmunizationFactory(patient=PatientFactory(person=patient.person, source="other"), name="Корь")

    issued = sheet.issue(scope_of(patient), now=NOW)

    words = squeezed(text_of(pikepdf.open(io.BytesIO(issued.pdf)))[0])
    for part in ("Сведения о прививках", "Грипп, Ультрикс", "02.10.2025", "1 из 2", "U25-118", "Поликлиника", "Корь"):
        assert squeezed(part) in words


def test_sheet_lists_the_newest_first_and_what_was_not_done_apart(patient):
    ImmunizationFactory(patient=patient, name="Старая", occurred_on=date(2001, 1, 1))
    ImmunizationFactory(patient=patient, name="Новая", occurred_on=date(2026, 1, 1))
    ImmunizationFactory(patient=patient, name="Без даты", occurred_on=None, occurred_text="в детстве")
    ImmunizationFactory(patient=patient, name="Отвод", refused=True)

    found = sheet_of(patient)

    assert [row[0] for row in rows_of(found.sections[0])] == ["Новая", "Старая", "Без даты"]
    assert rows_of(found.sections[0])[2][1] == "в детстве"
    assert rows_of(found.sections[1]) == [["Отвод", "02.10.2025", "Медицинское противопоказание", ""]]
    assert found.facts == (("Всего сделано", "3"),)


@pytest.mark.parametrize(("precision", "words"), [("day", "02.10.2025"), ("month", "10.2025"), ("year", "2025 год")])
def test_day_is_as_exact_as_it_is_known(patient, precision, words):
    ImmunizationFactory(patient=patient, precision=precision)

    assert rows_of(sheet_of(patient).sections[0])[0][1] == words


def test_sheet_of_nothing_says_so(patient):
    found = sheet_of(patient)

    assert found.sections[0].blocks[0].runs[0].text == "О сделанных прививках на портале записей нет."
    assert sheet.issue(scope_of(patient), now=NOW).pdf.startswith(b"%PDF-")


def test_sheet_is_the_same_until_something_is_added(patient):
    ImmunizationFactory(patient=patient)
    first = sheet.issue(scope_of(patient), now=NOW)
    again = sheet.issue(scope_of(patient), now=NOW + timedelta(days=90))
    ImmunizationFactory(patient=patient, name="Корь")

    assert again == first
    assert sheet.issue(scope_of(patient), now=NOW).number != first.number


def test_sheet_holds_and_hints_at_nothing_that_is_hidden(patient):
    ImmunizationFactory(patient=patient)
    plain = sheet_of(patient)
    ImmunizationFactory(patient=patient, name="Скрытая", is_restricted=True)
    ImmunizationFactory(patient=patient, name="Отозванная", is_withdrawn=True)
    ImmunizationFactory(name="Чужая")

    assert sheet_of(patient) == plain
    assert sheet_of(patient, Restricted.LOCKED) == plain
    assert len(rows_of(sheet_of(patient, Restricted.SHOWN).sections[0])) == 2


def test_list_for_sheet_takes_two_statements_and_is_written_down(patient, django_assert_num_queries):
    rows = [ImmunizationFactory(patient=patient), ImmunizationFactory(patient=patient, refused=True)]
    scope = scope_of(patient)

    with django_assert_num_queries(2):
        queries.list_for_sheet(scope)

    assert set(scope.reads.by_kind["Immunization"]) == {str(one.pk) for one in rows}
