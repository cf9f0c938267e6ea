from datetime import UTC, datetime

import pytest

from medkarta.core.ids import resource_id
from medkarta.core.scopes import SystemScope
from medkarta.documents import fhir as documents
from medkarta.documents.models import DocumentContent, MedicalDocument
from medkarta.documents.tests.cda_samples import BODY, cda, laboratory
from medkarta.documents.tests.factories import base64_of, incoming
from medkarta.patients.tests.factories import PatientFactory
from medkarta.results import cda as protocols
from medkarta.results.models import DiagnosticReport, Observation, ResultLink
from medkarta.results.tests.factories import ObservationFactory

pytestmark = pytest.mark.django_db
SCOPE = SystemScope.of("mis")
GLUCOSE, CHOLESTEROL = ("2345-7", "Глюкоза", "6.1"), ("2093-3", "Холестерин", "4.0")
TAKEN = datetime(2026, 11, 12, 5, 10, tzinfo=UTC)


@pytest.fixture
def patient():
    return PatientFactory(birth_date=None, gender="unknown")


def protocol(*values, number="1", kind="186", **header):
    return cda(number, kind=kind, title="Протокол лабораторного исследования", body=laboratory(*values), **header)


def store(patient, data, rid="d1", **resource):
    content = [{"attachment": {"data": base64_of(data)}}]
    sent = incoming("DocumentReference", rid, patient, **{"status": "current", "content": content, **resource})
    assert not documents.store(SCOPE, [sent])


def shown():
    return sorted((one.name, one.measure["number"]) for one in Observation.objects.filter(is_withdrawn=False))


def test_take_fills_a_report_and_its_values_from_a_protocol(patient):
    store(patient, protocol(GLUCOSE, CHOLESTEROL))

    report = DiagnosticReport.objects.get()
    value = Observation.objects.get(name="Глюкоза")
    assert (report.name, report.kind, report.status) == ("Биохимический анализ крови", "laboratory", "final")
    assert (report.effective_at, report.is_whole_day) == (TAKEN, False)
    assert (report.facility_name, report.practitioner_name) == ("Поликлиника № 3", "Петрова Елена")
    assert (value.code_system, value.code, value.unit_code) == ("http://loinc.org", "2345-7", "mmol/L")
    assert (value.measure["number"], value.measure["norm_low"], value.measure["norm_high"]) == ("6.1", "3.0", "5.2")
    links = ResultLink.objects.filter(owner_id=report.pk).order_by("position").values_list("observation_id", flat=True)
    assert list(links) == [value.pk, Observation.objects.get(name="Холестерин").pk]
    document = MedicalDocument.objects.get()
    files = DocumentContent.objects.filter(owner_id__in=[report.pk, document.pk]).values_list("sha256", flat=True)
    assert len(files) == 2
    assert len(set(files)) == 1


def test_take_again_changes_nothing_and_a_correction_replaces(patient):
    store(patient, protocol(GLUCOSE, CHOLESTEROL))
    before = sorted(Observation.objects.values_list("pk", flat=True))

    store(patient, protocol(GLUCOSE, CHOLESTEROL))
    assert sorted(Observation.objects.values_list("pk", flat=True)) == before

    store(patient, protocol(("2345-7", "Глюкоза", "5.0")))
    assert shown() == [("Глюкоза", "5.0")]
    assert ResultLink.objects.count() == 1


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_newer_version_takes_the_place_of_the_older_in_either_order(patient, order):
    for version in order:
        data = protocol(("2345-7", "Глюкоза", f"{version}.0"), number=f"v{version}", set_number="s", version=version)
        store(patient, data, f"d{version}")

    assert shown() == [("Глюкоза", "2.0")]
    assert DiagnosticReport.objects.filter(is_withdrawn=False).count() == 1


def test_newer_version_with_the_same_values_keeps_them_once(patient):
    for version in (1, 2):
        store(patient, protocol(GLUCOSE, number=f"v{version}", set_number="s", version=version), f"d{version}")

    assert shown() == [("Глюкоза", "6.1")]


@pytest.mark.parametrize("order", ["older first", "newer first"])
def test_document_that_a_reference_replaces_gives_no_values(patient, order):
    older = resource_id("mis", "DocumentReference", "old")
    relates = {"relatesTo": [{"code": "replaces", "target": {"reference": f"DocumentReference/{older}"}}]}
    steps = [
        lambda: store(patient, protocol(("2345-7", "Глюкоза", "1.0"), number="a"), "old"),
        lambda: store(patient, protocol(("2345-7", "Глюкоза", "2.0"), number="b"), "new", **relates),
    ]
    for step in steps if order == "older first" else reversed(steps):
        step()

    assert shown() == [("Глюкоза", "2.0")]


def test_withdrawn_document_takes_its_values_back(patient):
    store(patient, protocol(GLUCOSE))

    store(patient, protocol(GLUCOSE), status="entered-in-error")

    assert shown() == []
    assert not DiagnosticReport.objects.filter(is_withdrawn=False).exists()


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_values_of_the_version_before_count_again_when_the_newest_is_withdrawn(patient, order):
    versions = {
        number: protocol(("2345-7", "Глюкоза", f"{number}.0"), number=f"v{number}", set_number="s", version=number)
        for number in (1, 2)
    }
    for number in order:
        store(patient, versions[number], f"d{number}")

    store(patient, versions[2], "d2", status="entered-in-error")

    assert shown() == [("Глюкоза", "1.0")]
    assert MedicalDocument.objects.get(is_withdrawn=False).status == "current"


def test_values_of_a_replaced_document_count_again_when_what_replaced_it_is_withdrawn(patient):
    older = resource_id("mis", "DocumentReference", "old")
    relates = {"relatesTo": [{"code": "replaces", "target": {"reference": f"DocumentReference/{older}"}}]}
    store(patient, protocol(("2345-7", "Глюкоза", "1.0"), number="a"), "old")
    store(patient, protocol(("2345-7", "Глюкоза", "2.0"), number="b"), "new", **relates)

    store(patient, protocol(number="b"), "new", status="entered-in-error", **relates)

    assert shown() == [("Глюкоза", "1.0")]


def test_values_of_a_restricted_protocol_are_restricted(patient):
    store(patient, protocol(GLUCOSE, level="R"))

    assert Observation.objects.get().is_restricted
    assert DiagnosticReport.objects.get().is_restricted


@pytest.mark.parametrize("late", [0, 1])
def test_values_of_a_document_with_a_secret_file_are_restricted(patient, late):
    files = [protocol(GLUCOSE), cda("2", kind="119", level="R")]
    id_ = resource_id("mis", "Binary", "b1")
    content = [{"attachment": {"data": base64_of(one)}} for one in files]
    content[late] = {"attachment": {"url": f"Binary/{id_}"}}
    sent = incoming("DocumentReference", "d1", patient, status="current", content=content)

    documents.store(SCOPE, [sent])
    documents.store(SCOPE, [incoming("Binary", "b1", data=base64_of(files[late]))])

    assert MedicalDocument.objects.get().is_restricted
    assert Observation.objects.get(is_withdrawn=False).is_restricted
    assert DiagnosticReport.objects.get(is_withdrawn=False).is_restricted


@pytest.mark.parametrize("order", ["binary first", "reference first", "at once"])
@pytest.mark.parametrize("is_told_apart", [True, False])
def test_values_told_apart_are_not_taken_whenever_the_file_comes(patient, order, is_told_apart):
    context = {"related": [{"reference": "DiagnosticReport/7"}]} if is_told_apart else {}
    content = [{"attachment": {"url": f"Binary/{resource_id('mis', 'Binary', 'b1')}"}}]
    sent = incoming("DocumentReference", "d1", patient, status="current", content=content, context=context)
    file = incoming("Binary", "b1", data=base64_of(protocol(GLUCOSE)))

    for batch in {"binary first": [[file], [sent]], "reference first": [[sent], [file]], "at once": [[file, sent]]}[
        order
    ]:
        assert not documents.store(SCOPE, batch)

    assert shown() == ([] if is_told_apart else [("Глюкоза", "6.1")])


def test_values_told_apart_are_not_taken_when_their_document_counts_again(patient):
    related = {"context": {"related": [{"reference": "DiagnosticReport/7"}]}}
    store(patient, protocol(GLUCOSE, set_number="s"), "d1", **related)
    store(patient, protocol(("2345-7", "Глюкоза", "5.0"), number="2", set_number="s", version=2), "d2")
    assert shown() == [("Глюкоза", "5.0")]

    store(patient, protocol(GLUCOSE, number="2", set_number="s", version=2), "d2", status="entered-in-error")

    assert MedicalDocument.objects.get(is_withdrawn=False).status == "current"
    assert shown() == []


def test_values_that_came_as_resources_are_not_doubled(patient):
    related = {"context": {"related": [{"reference": "DiagnosticReport/7"}]}}
    store(patient, protocol(GLUCOSE), **related)
    assert shown() == []

    ObservationFactory(
        patient=patient, code="2345-7", effective_at=TAKEN, value_number="6.1", unit_code="mmol/L", name="Глюкоза"
    )
    store(patient, protocol(GLUCOSE), "d2")
    assert Observation.objects.count() == 1
    store(patient, protocol(GLUCOSE, CHOLESTEROL), "d3")
    assert Observation.objects.count() == 3


@pytest.mark.parametrize(
    "codes",
    [
        '<code code="7" codeSystem="1.2.643.5.1.13.13.99.2.195"/>',
        '<code code="75" codeSystem="1.2.643.5.1.13.13.11.1520"/>',
        '<code code="11502-2" codeSystem="2.16.840.1.113883.6.1"/>',
        '<code nullFlavor="NI"/>',
    ],
)
def test_protocol_is_known_by_any_of_its_codes(patient, codes):
    store(patient, protocol(GLUCOSE, codes=codes, templates='<templateId root="1.2.643.5.1.13.2.7.5.1.7.3"/>'))

    assert shown() == [("Глюкоза", "6.1")]


def test_other_kinds_give_no_values(patient):
    store(patient, cda(body=laboratory(GLUCOSE)))
    store(patient, protocol(kind="186").replace(b"RESLAB", b"OTHER"), "d2")
    store(patient, cda("3", kind="186", body=BODY.format("Без показателей")), "d3")

    assert not DiagnosticReport.objects.exists()


def test_words_are_kept_as_words(patient):
    data = protocol(GLUCOSE).replace(
        b"xsi:type='PQ' value='6.1' unit='mmol/L'/>", b"xsi:type='ST'>\xd0\xbd\xd0\xb5\xd1\x82</value>"
    )
    store(patient, data)

    value = Observation.objects.get()
    assert (value.measure["kind"], value.measure["text"], value.value_number) == ("text", "нет", None)


def test_panels_beyond_the_limit_are_shown_with_the_last(patient, monkeypatch):
    monkeypatch.setattr(protocols, "MOST_PANELS", 2)
    one = laboratory(GLUCOSE)
    start, end = one.index("<entry>"), one.index("</entry>") + len("</entry>")
    body = one[:start] + one[start:end] * 3 + one[end:]

    store(patient, cda(kind="186", body=body))

    assert sorted(
        ResultLink.objects.filter(owner_id=pk).count() for pk in DiagnosticReport.objects.values_list("pk", flat=True)
    ) == [1, 2]
