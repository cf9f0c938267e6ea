"""Reads of policies of one person."""

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise

from medkarta.core.scopes import PatientScope
from medkarta.insurance.models import Coverage, InsurancePolicy, PolicyKind


@dataclass(frozen=True, slots=True)
class PolicyRow:
    kind: str
    kind_name: str | Promise
    series: str
    number: str
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class CoverageRow:
    number: str
    kind_name: str
    insurer_name: str
    starts_on: date | None
    ends_on: date | None


def list_policies(scope: PatientScope) -> list[PolicyRow]:
    """Return the confirmed and the typed policy of the person, the confirmed one first."""
    found = InsurancePolicy.objects.filter(person_id=scope.person_id).order_by("-is_confirmed")
    rows = [PolicyRow(one.kind, PolicyKind(one.kind).label, one.series, one.number, one.is_confirmed) for one in found]
    scope.reads.add("InsurancePolicy", [row.kind for row in rows])
    return rows


def list_coverages(scope: PatientScope) -> list[CoverageRow]:
    """Return what the hospitals' systems know of the person's insurance, the newest first."""
    found = list(
        Coverage.objects.for_scope(scope)
        .filter(status="active")
        .order_by("-starts_on", "id")
        .values_list("id", "number", "kind_name", "insurer_name", "starts_on", "ends_on")[:20]
    )
    scope.reads.add("Coverage", [row[0] for row in found])
    return [CoverageRow(*row[1:]) for row in found]
