from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from medkarta.hl7 import cda
from medkarta.hl7.tests.cda_documents import document, fixture, sections
from medkarta.hl7.tests.samples import files, needs_samples

FSLI, LOINC = "1.2.643.5.1.13.13.11.1080", "2.16.840.1.113883.6.1"


@pytest.fixture(scope="module")
def panels():
    return cda.read_laboratory(fixture("laboratory_5.xml"))


def read(statement, code="RESLAB"):
    organizer = f"<organizer><code displayName='П' code='1'/><component>{statement}</component></organizer>"
    (panel,) = cda.read_laboratory(sections(f"<code code='{code}'/><entry>{organizer}</entry>"))
    return panel.observations[0]


def measured(value, ranges="", unit="g/L"):
    return read(
        f"<observation><code displayName='Гемоглобин'/><value xsi:type='PQ' value='{value}' unit='{unit}'/>"
        f"{''.join(f'<referenceRange><observationRange>{one}</observationRange></referenceRange>' for one in ranges)}"
        "</observation>"
    )


def interval(low="", high="", unit="g/L", extra=""):
    ends = f"<low value='{low}' unit='{unit}' {extra}/><high value='{high}' unit='{unit}'/>"
    return f"<value xsi:type='IVL_PQ'>{ends}</value>"


def test_read_laboratory_reads_panels_in_their_order(panels):
    blood, urine = panels

    assert (blood.key, blood.name) == ("1.2.643.5.1.13.13.12.2.50.90002.100.1.1.52|p-1", "Биохимия крови")
    assert [code.code for code in blood.codes] == ["10022"]
    assert (blood.specimen, blood.performer) == ("", "")
    assert blood.at.at == datetime(2026, 5, 14, 6, 15, tzinfo=UTC)
    assert (urine.key, urine.name, urine.specimen, urine.status) == ("2", "Общий анализ мочи", "", "completed")
    assert urine.at.on == date(2026, 5, 13)
    assert [one.name for one in urine.observations] == ["Белок", "Эритроциты"]


def test_read_laboratory_reads_a_measured_value(panels):
    glucose = panels[0].observations[0]

    assert glucose == cda.LabObservation(
        name="Глюкоза",
        codes=(cda.Code(FSLI, "1017156", "Глюкоза"), cda.Code(LOINC, "14749-6", "Glucose")),
        text="6,4 ммоль/л",
        number=Decimal("6.4"),
        unit="mmol/L",
        unit_label="ммоль/л",
        value_code=None,
        range=cda.Range(Decimal("3.9"), Decimal("6.1"), "3,9–6,1 ммоль/л"),
        interpretation=cda.Code("2.16.840.1.113883.5.83", "H", "High"),
        status="completed",
        at=glucose.at,
        specimen="Кровь венозная",
        performer="Небылицын Пётр",
    )
    assert glucose.at.at == datetime(2026, 5, 14, 6, 30, tzinfo=UTC)


def test_read_laboratory_keeps_what_is_no_number_as_text(panels):
    protein, colour = panels[0].observations[1:]
    urine, cells = panels[1].observations

    assert (protein.text, protein.number, protein.interpretation) == ("меньше 5 mg/L", None, None)
    assert (protein.at, protein.range.text) == (panels[0].at, "не более 5 mg/L")
    assert (colour.name, colour.text, colour.codes) == ("Цвет сыворотки", "прозрачная", ())
    assert (urine.text, urine.value_code.code, urine.specimen) == ("Не обнаружен", "260385009", "Моча")
    assert (cells.number, cells.unit, cells.status) == (Decimal(2), "", "active")
    assert cells.range == cda.Range(Decimal(0), Decimal(3), "0–3")


@pytest.mark.parametrize(
    ("value", "number"), [("6.4", "6.4"), ("6,4", "6.4"), ("-1", "-1"), ("", None), ("1e9", None), ("<5", None)]
)
def test_read_laboratory_reads_only_plain_numbers(value, number):
    assert measured(value.replace("<", "&lt;")).number == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    ("ranges", "low", "high", "text"),
    [
        ([], None, None, ""),
        ([interval(120, 140)], 120, 140, "120–140 g/L"),
        ([interval(120, 140, unit="mg/L")], None, None, "120–140 mg/L"),
        ([interval(120, 140, extra="inclusive='false'")], None, 140, "больше 120, не более 140 g/L"),
        ([interval("", 140)], None, 140, "не более 140 g/L"),
        (["<text>от 120</text>" + interval(120, 140)], 120, 140, "от 120"),
        (["<text>120-140 g/L</text>"], 120, 140, "120-140 g/L"),
        (["<text>120 — 140</text>"], 120, 140, "120 — 140"),
        (["<text>120-140 г/дл</text>"], None, None, "120-140 г/дл"),
        (["<text>1-2" + " " * 60 + "g/L</text>"], None, None, "1-2" + " " * 60 + "g/L"),
        (["<text>норма</text><value xsi:type='ST'>до 140</value>"], None, None, "норма"),
        (["<value xsi:type='ST'>до 140</value>"], None, None, "до 140"),
        (["<value xsi:type='IVL_PQ' nullFlavor='NI'/>"], None, None, ""),
        ([interval(120, 140), interval(110, 130)], None, None, "120–140 g/L; 110–130 g/L"),
    ],
)
def test_read_laboratory_reads_ranges(ranges, low, high, text):
    assert measured(131, ranges).range == cda.Range(
        None if low is None else Decimal(low), None if high is None else Decimal(high), text
    )


def test_read_laboratory_uses_a_label_only_for_the_same_amount():
    value = "<value xsi:type='PQ' value='6.4' unit='mmol/L'><translation value='115' displayName='мг/дл'/></value>"

    found = read(f"<observation><code displayName='Глюкоза'/>{value}</observation>")

    assert (found.unit, found.unit_label, found.text) == ("mmol/L", "mmol/L", "6,4 mmol/L")


def test_read_laboratory_names_a_panel_by_what_stands_around_it():
    observation = "<observation><code displayName='Пенициллин'/><value xsi:type='CD' code='S'/></observation>"
    organizer = f"<organizer><component>{observation}</component></organizer>"
    found = "<observation><code displayName='E. coli'/><entryRelationship>{}</entryRelationship></observation>"

    (named,) = cda.read_laboratory(sections(f"<code code='RESLAB'/><entry>{found.format(organizer)}</entry>"))
    (bare,) = cda.read_laboratory(sections(f"<code code='RESLAB'/><entry>{organizer}</entry>"))

    assert named.name == "E. coli"
    assert bare.name == "Результаты лабораторных исследований"
    assert (bare.observations[0].text, bare.observations[0].value_code.code) == ("S", "S")


@pytest.mark.parametrize(
    ("code", "template", "count"),
    [
        ("RESLAB", "", 1),
        ("reslab", "", 1),
        ("30954-2", "", 1),
        ("8716-3", "", 0),
        ("", "", 0),
        ("8716-3", "2.16.840.1.113883.10.20.22.4.1", 1),
        ("8716-3", "2.16.840.1.113883.10.20.22.4.26", 0),
    ],
)
def test_read_laboratory_takes_results_only(code, template, count):
    organizer = (
        f"<organizer><templateId root='{template}'/><component><observation><value xsi:type='PQ' value='1'/>"
        "</observation></component></organizer>"
    )

    assert len(cda.read_laboratory(sections(f"<code code='{code}'/><entry>{organizer}</entry>"))) == count


def test_read_laboratory_names_an_observation_by_its_text_and_the_organizer_that_made_it():
    found = read(
        "<observation><text>Гемоглобин</text><performer><assignedEntity><representedOrganization><name>ЦКДЛ</name>"
        "</representedOrganization></assignedEntity></performer></observation>"
    )

    assert (found.name, found.performer, found.text) == ("Гемоглобин", "ЦКДЛ", "")


def test_read_laboratory_of_a_document_without_results_is_empty():
    assert cda.read_laboratory(document()) == ()
    assert cda.read_laboratory(cda.load(fixture("consultation_7.xml")))[0].name == "Общий анализ крови"


@needs_samples
@pytest.mark.parametrize("path", files("semd-xml"), ids=lambda path: path.name)
def test_read_laboratory_reads_an_old_edition_of_another_publisher(path):
    (panel,) = cda.read_laboratory(path.read_bytes())

    assert (panel.name, panel.specimen) == ("Общий анализ крови", "Кровь капиллярная")
    assert [(one.number, one.unit, one.unit_label) for one in panel.observations] == [(Decimal(10), "mm/h", "мм/ч")]


@needs_samples
@pytest.mark.parametrize(
    ("name", "counts"),
    [("Consultation_Note.xml", [5, 1]), ("vendor_170.314B2_Amb_CCD.xml", [1]), ("Diagnostic_Imaging_Report.xml", [])],
)
def test_read_laboratory_reads_result_organizers_of_ccda(name, counts):
    (path,) = files("ccda", name)

    assert [len(panel.observations) for panel in cda.read_laboratory(path.read_bytes())] == counts
