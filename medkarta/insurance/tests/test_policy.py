"""Policies: what is typed and what is confirmed, the form, the page, the hospitals' coverages, the stack."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import IntegrityError

from medkarta.audit.models import AuditEvent
from medkarta.core.ids import resource_id
from medkarta.core.intake import Incoming
from medkarta.core.scopes import SystemScope
from medkarta.insurance import actions, fhir, queries
from medkarta.insurance.forms import PolicyForm
from medkarta.insurance.models import Coverage, InsurancePolicy
from medkarta.patients.models import Patient, Person
from medkarta.patients.tests.factories import NOW, AccountFactory, PatientFactory, scope_of
from medkarta.signin.tests.factories import resident, signed_in

pytestmark = pytest.mark.django_db
ENP = "5055110832001010"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"kind": "unified", "number": ENP}, ""),
        ({"kind": "unified", "number": "5055 1108 3200 1010"}, ""),
        ({"kind": "unified", "number": ENP[:-1]}, "number"),
        ({"kind": "unified", "number": ENP + "1"}, "number"),
        ({"kind": "unified", "number": ENP[:-1] + "1"}, "number"),
        ({"kind": "unified", "number": ""}, "number"),
        ({"kind": "temporary", "number": "123456789"}, ""),
        ({"kind": "temporary", "number": "12345678"}, "number"),
        ({"kind": "temporary", "number": "1234567890"}, "number"),
        ({"kind": "old", "series": "46-50", "number": "123456"}, ""),
        ({"kind": "old", "series": "", "number": "123456"}, "series"),
        ({"kind": "old", "series": "АБ", "number": "без номера"}, "number"),
        ({"kind": "old", "series": "46-50", "number": "1" * 20}, ""),
        ({"kind": "old", "series": "46-50", "number": "1" * 21}, "number"),
        ({"kind": "no-such-kind", "number": ENP}, "kind"),
        ({}, "kind"),
    ],
)
def test_policy_form_says_what_is_wrong(data, field):
    form = PolicyForm(data)

    assert form.is_valid() is (field == "")
    assert not field or field in form.errors


def typed(person: Person) -> InsurancePolicy:
    return InsurancePolicy.objects.get(person=person, is_confirmed=False)


def test_policy_page_keeps_the_number_and_says_that_it_is_not_confirmed():
    account, person, key = resident()
    browser = signed_in(account)

    answer = browser.post(f"/p/{key}/policy/", {"kind": "unified", "number": "5055 1108 3200 1010"})

    assert answer["Location"] == f"/p/{key}/policy/"
    policy = typed(person)
    assert (policy.number, policy.typed_by_id, policy.is_confirmed) == (ENP, account.pk, False)
    assert AuditEvent.objects.filter(action="insurance.type_policy", person_id=person.pk).count() == 1
    html = browser.get(f"/p/{key}/policy/").content.decode()
    assert "не подтверждён" in html.lower()


def test_policy_typed_again_replaces_the_former_and_can_be_removed():
    account, person, key = resident()
    browser = signed_in(account)
    browser.post(f"/p/{key}/policy/", {"kind": "unified", "number": ENP})
    browser.post(f"/p/{key}/policy/", {"kind": "old", "series": " 46-50 ", "number": "123 456"})
    assert (typed(person).kind, typed(person).series, typed(person).number) == ("old", "46-50", "123 456")

    browser.post(f"/p/{key}/policy/", {"remove": "1"})

    assert not InsurancePolicy.objects.exists()
    assert AuditEvent.objects.filter(action="insurance.remove_policy").count() == 1


def test_policy_page_with_a_mistake_keeps_what_was_typed():
    account, _person, key = resident()

    answer = signed_in(account).post(f"/p/{key}/policy/", {"kind": "unified", "number": ENP[:-1] + "1"})

    assert answer.status_code == 422
    assert ENP[:-1] + "1" in answer.content.decode()
    assert not InsurancePolicy.objects.exists()


def test_typed_policy_opens_and_matches_nobody():
    row = PatientFactory(unlinked=True, enp=ENP)
    account, person, key = resident()

    signed_in(account).post(f"/p/{key}/policy/", {"kind": "unified", "number": ENP})

    assert Patient.objects.get(pk=row.pk).link == "unlinked"
    assert Person.objects.get(pk=person.pk).enp == ""


def test_keep_confirmed_replaces_refreshes_and_drops():
    patient = PatientFactory()
    for number in (ENP, ENP, "5090089796001025"):
        actions.keep_confirmed(patient.person_id, enp=number, now=NOW)
        assert list(InsurancePolicy.objects.values_list("number", "is_confirmed")) == [(number, True)]

    actions.keep_confirmed(patient.person_id, enp="", now=NOW)

    assert not InsurancePolicy.objects.exists()


def test_list_policies_has_the_confirmed_one_first_and_nobody_elses():
    patient, other = PatientFactory(), PatientFactory()
    InsurancePolicy.objects.create(person=patient.person, number="1", updated_at=NOW)
    actions.keep_confirmed(patient.person_id, enp=ENP, now=NOW)
    actions.keep_confirmed(other.person_id, enp="5090089796001025", now=NOW)

    rows = queries.list_policies(scope_of(patient))

    assert [(row.number, row.is_confirmed) for row in rows] == [(ENP, True), ("1", False)]


def test_confirmed_policy_is_never_a_typed_one():
    _account, person, _key = resident()

    with pytest.raises(IntegrityError):
        InsurancePolicy.objects.create(
            person=person, number=ENP, is_confirmed=True, typed_by=AccountFactory(), updated_at=NOW
        )


def coverage(patient: Patient | None, **resource: object) -> Incoming:
    content = {"resourceType": "Coverage", "status": "active", **resource}
    id_ = resource_id("mis", "Coverage", str(resource))
    return Incoming(id_, "Coverage", "c1", content, patient.pk if patient else None, False, False, NOW)


def test_store_reads_a_coverage_and_shows_the_active_one():
    patient = PatientFactory()
    full = coverage(
        patient,
        identifier=[{"system": "urn:oid:1.2.643.2.69.1.1.1.6.228", "value": ENP}],
        type={"text": "Полис ОМС"},
        payor=[{"display": "Страховая «Пример»"}],
        period={"start": "2020-01-01"},
    )
    bare, ended = coverage(patient, subscriberId="x" * 100), coverage(patient, status="cancelled")

    refused = fhir.store(SystemScope.of("mis"), [full, bare, ended, coverage(None)])

    assert refused == {}
    assert Coverage.objects.count() == 3
    rows = queries.list_coverages(scope_of(patient))
    assert {row.number for row in rows} == {ENP, "x" * 40}
    found = next(row for row in rows if row.number == ENP)
    assert (found.kind_name, found.insurer_name, found.starts_on) == (
        "Полис ОМС",
        "Страховая «Пример»",
        date(2020, 1, 1),
    )
    assert queries.list_coverages(scope_of(PatientFactory())) == []


def test_stack_shows_the_confirmed_policy_before_the_typed_one():
    account, person, key = resident()
    InsurancePolicy.objects.create(person=person, kind="old", series="46-50", number="123456", updated_at=NOW)
    browser = signed_in(account)
    assert "46-50 123456" in browser.get(f"/p/{key}/").content.decode()

    actions.keep_confirmed(person.pk, enp=ENP, now=NOW)

    html = browser.get(f"/p/{key}/").content.decode()
    assert "5055 •••• •••• 1010" in html
    assert "46-50 123456" not in html


def test_row_of_a_policy_says_nothing_in_logs():
    assert ENP not in str(InsurancePolicy(id=uuid4(), number=ENP))
