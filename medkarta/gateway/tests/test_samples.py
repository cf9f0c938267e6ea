"""Examples of other publishers run through the import: everything is stored, waiting or refused with its reason."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from medkarta.core.scopes import SystemScope
from medkarta.gateway import bulk
from medkarta.gateway.outcomes import Fate, Outcome
from medkarta.gateway.tests.factories import NOW
from medkarta.hl7.tests.samples import SAMPLES, needs_samples
from medkarta.patients.models import Patient
from medkarta.resources.models import StoredResource

pytestmark = [pytest.mark.django_db, needs_samples]


def load(*paths: Path) -> list[Outcome]:
    return list(bulk.load(SystemScope.of("samples"), paths, jobs=1, now=NOW))


def count(outcomes: Iterable[Outcome]) -> Counter[Fate]:
    return Counter(outcome.fate for outcome in outcomes)


def reasons(outcomes: Iterable[Outcome]) -> list[str]:
    return [str(reason) for outcome in outcomes for reason in outcome.reasons]


@pytest.mark.slow
def test_synthea_bundles_are_stored_whole_and_do_not_change_at_a_second_import():
    first = load(SAMPLES / "fhir-r4-synthea")

    assert reasons(first) == []
    shared = count(first)[Fate.UNCHANGED]  # clinics and doctors that several of the Bundles bring
    assert set(count(first)) == {Fate.CREATED, Fate.KEPT, Fate.UNCHANGED}
    assert (Patient.objects.count(), StoredResource.objects.count()) == (5, len(first) - shared)
    assert not {one.type for one in first if one.fate is Fate.UNCHANGED} - {"Organization", "Practitioner"}

    assert set(count(load(SAMPLES / "fhir-r4-synthea"))) == {Fate.UNCHANGED}


@pytest.mark.parametrize("folder", ["fhir-r4-examples", "fhir-ips", "fhir-validator-cases"])
def test_official_examples_are_stored_or_refused_with_a_reason(folder):
    first = load(SAMPLES / folder)
    second = load(SAMPLES / folder)

    refused = count(first)[Fate.REJECTED]
    assert first
    assert StoredResource.objects.count() >= len({one.type for one in first if one.fate is not Fate.REJECTED})
    assert len({text.partition(":")[0] for text in reasons(first)}) >= min(refused, 1)
    assert set(count(second)) <= {Fate.UNCHANGED, Fate.REJECTED}
    assert reasons(second) == reasons(first)


@pytest.mark.parametrize("path", sorted((SAMPLES / "hostile").glob("*.json")), ids=lambda path: path.name)
def test_hostile_files_are_refused_and_leave_nothing(path):
    outcomes = load(path)

    assert set(count(outcomes)) <= {Fate.REJECTED}
    assert len(reasons(outcomes)) >= min(len(outcomes), 1)
    assert not StoredResource.objects.exists()
