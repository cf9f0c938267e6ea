from decimal import Decimal
from uuid import uuid4

import pytest

from medkarta.core.ids import resource_id
from medkarta.core.scopes import SystemScope
from medkarta.documents.tests.factories import PDF, base64_of
from medkarta.patients.tests.factories import PatientFactory, scope_of
from medkarta.results import fhir, queries
from medkarta.results.kinds import kind_of
from medkarta.results.models import DiagnosticReport, Observation, ResultLink
from medkarta.results.tests.factories import incoming

pytestmark = pytest.mark.django_db
SCOPE = SystemScope.of("mis")
REPORT = resource_id("mis", "DiagnosticReport", "r")


def to(rid):
    return {"reference": f"Observation/{resource_id('mis', 'Observation', rid)}"}


def report(patient, rid="r", **resource):
    return incoming("DiagnosticReport", rid, patient, **{"code": {"text": "Анализ"}, **resource})


def value(patient, rid, name="", **resource):
    return incoming("Observation", rid, patient, **{"code": {"text": name or rid}, "valueInteger": 1, **resource})


def names(patient, report_id=REPORT):
    return [row.name for row in queries.get_report(scope_of(patient), report_id).values]


def test_store_maps_what_the_list_and_the_page_show():
    patient, clinic, doctor = PatientFactory(), uuid4(), uuid4()
    fhir.store(
        SCOPE,
        [
            report(
                patient,
                code={"text": "Общий  анализ крови"},
                category=[{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "HM"}]}],
                effectiveDateTime="2026-11-18",
                issued="2026-11-19T12:00:00+03:00",
                performer=[
                    {"reference": f"Organization/{clinic}", "display": "Лаборатория"},
                    {"reference": f"Practitioner/{doctor}", "display": "Петрова Е. С."},
                ],
                conclusion="Без отклонений",
                conclusionCode=[{"text": "Без отклонений"}, {"text": "Z00.0"}],
            )
        ],
    )

    found = DiagnosticReport.objects.get(pk=REPORT)
    assert (found.name, found.kind, found.status) == ("Общий анализ крови", "laboratory", "final")
    assert (found.effective_at.isoformat(), found.is_whole_day) == ("2026-11-17T21:00:00+00:00", True)
    assert (found.facility_id, found.facility_name) == (clinic, "Лаборатория")
    assert (found.practitioner_id, found.practitioner_name) == (doctor, "Петрова Е. С.")
    assert found.conclusion == "Без отклонений\nZ00.0"


@pytest.mark.parametrize("report_first", [True, False])
def test_store_links_values_in_the_senders_order_whichever_comes_first(report_first):
    patient = PatientFactory()
    arriving = [[report(patient, result=[to("b"), to("a")])], [value(patient, "a"), value(patient, "b")]]

    for batch in arriving if report_first else reversed(arriving):
        assert fhir.store(SCOPE, batch) == {}

    assert names(patient) == ["b", "a"]


def test_store_shares_a_value_between_two_reports_and_keeps_one_without_any():
    patient = PatientFactory()
    fhir.store(
        SCOPE,
        [
            report(patient, "r", result=[to("a")]),
            report(patient, "s", result=[to("b"), to("a")]),
            *(value(patient, rid) for rid in ("a", "b", "lonely")),
        ],
    )

    assert names(patient) == ["a"]
    assert names(patient, resource_id("mis", "DiagnosticReport", "s")) == ["b", "a"]
    assert Observation.objects.count() == 3


def test_store_again_replaces_the_links():
    patient = PatientFactory()
    fhir.store(SCOPE, [report(patient, result=[to("a"), to("b")]), value(patient, "a"), value(patient, "b")])

    fhir.store(SCOPE, [report(patient, result=[to("b")])])

    assert names(patient) == ["b"]
    assert ResultLink.objects.count() == 1


def test_store_puts_the_members_of_a_group_behind_it():
    patient = PatientFactory()
    fhir.store(
        SCOPE,
        [
            report(patient, result=[to("group"), to("c")]),
            value(patient, "group", hasMember=[to("b"), to("a")]),
            *(value(patient, rid) for rid in "abc"),
        ],
    )

    assert names(patient) == ["group", "b", "a", "c"]


def test_get_report_counts_the_values_that_have_not_arrived():
    patient = PatientFactory()
    fhir.store(SCOPE, [report(patient, result=[to("a"), to("b")]), value(patient, "a")])

    assert queries.get_report(scope_of(patient), REPORT).missing == 1


def test_store_keeps_exact_digits_and_components():
    patient = PatientFactory()
    pressure = [
        {"code": {"text": "Систолическое"}, "valueQuantity": {"value": Decimal("120.0"), "unit": "мм рт. ст."}},
        {"code": {"text": "Диастолическое"}, "valueQuantity": {"value": 80, "unit": "мм рт. ст."}},
    ]
    bare = value(patient, "p", "Давление", component=pressure)
    del bare.resource["valueInteger"]
    fhir.store(
        SCOPE,
        [
            report(patient, result=[to("x"), to("p")]),
            value(
                patient,
                "x",
                valueQuantity={"value": Decimal("1.50"), "system": "http://unitsofmeasure.org", "code": "g"},
            ),
            bare,
        ],
    )

    rows = queries.get_report(scope_of(patient), REPORT).values
    assert [(row.name, row.measure.number) for row in rows] == [
        ("x", "1.50"),
        ("Давление: Систолическое", "120.0"),
        ("Давление: Диастолическое", "80"),
    ]
    found = Observation.objects.get(pk=resource_id("mis", "Observation", "x"))
    assert (found.value_number, found.unit_code) == (Decimal("1.5"), "g")


def test_store_keeps_a_presented_form_and_refuses_a_broken_promise():
    patient = PatientFactory()
    form = [{"contentType": "application/pdf", "data": base64_of(PDF), "title": "Бланк"}]

    refused = fhir.store(
        SCOPE,
        [
            report(patient, presentedForm=form),
            report(patient, "bad", presentedForm=[{**form[0], "hash": base64_of(b"0" * 20)}], result=[to("a")]),
        ],
    )

    assert list(refused) == [resource_id("mis", "DiagnosticReport", "bad")]
    assert not ResultLink.objects.exists()
    assert queries.get_file(scope_of(patient), REPORT, 1).content_type == "application/pdf"


def test_store_survives_the_emptiest_and_the_longest_and_refuses_nobodys():
    patient, long = PatientFactory(), "ы" * 5000

    refused = fhir.store(
        SCOPE,
        [
            incoming("DiagnosticReport", "e", patient),
            incoming("Observation", "e", patient),
            report(
                patient, code={"text": long}, conclusion=long, effectivePeriod={"start": "2026"}, status=long,
                performer=[{"display": long}, {"reference": "#p"}], result=[{"reference": "Observation/x"}],
                contained=[{"resourceType": "Practitioner", "id": "p", "name": [{"family": "Ким"}]}],
            ),
            value(
                patient, "v", long, interpretation=[{"text": "H"}], note=[{"text": long}, {}],
                valueQuantity={"value": Decimal("1E+40"), "unit": long, "code": long},
                referenceRange=[{"text": long}, {"low": {}}], dataAbsentReason={"text": long},
            ),
            report(None, "nobody"),
        ],
    )  # fmt: skip

    assert list(refused) == [resource_id("mis", "DiagnosticReport", "nobody")]
    assert (DiagnosticReport.objects.count(), Observation.objects.count()) == (2, 2)
    assert Observation.objects.get(pk=resource_id("mis", "Observation", "v")).value_number is None


@pytest.mark.parametrize(
    ("codes", "result", "kind"),
    [
        (["LAB"], False, "laboratory"),
        (["MB", "RAD"], False, "laboratory"),
        (["RAD"], True, "instrumental"),
        (["CUS"], False, "instrumental"),
        (["unheard-of"], True, "laboratory"),
        ([], True, "laboratory"),
        ([], False, "instrumental"),
    ],
)
def test_kind_of_reads_the_category_and_else_looks_for_values(codes, result, kind):
    category = [{"coding": [{"code": code}]} for code in codes]

    assert kind_of({"category": category, "result": [{}] if result else []}) == kind


def test_store_takes_as_many_statements_for_thirty_reports_as_for_two(django_assert_max_num_queries):
    patient = PatientFactory()

    for count in (2, 30):
        batch = [report(patient, str(each), result=[to(str(each))]) for each in range(count)]
        values = [value(patient, str(each)) for each in range(count)]
        with django_assert_max_num_queries(6):
            fhir.store(SCOPE, [*batch, *values])

    assert ResultLink.objects.count() == 30
