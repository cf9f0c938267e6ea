"""Smallest valid resources as a hospital sends them, and short ways to import them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from medkarta.core.ids import resource_id
from medkarta.core.scopes import SystemScope
from medkarta.gateway import intake
from medkarta.gateway.outcomes import Outcome
from medkarta.hl7.canonical import dumps
from medkarta.hl7.files import source_of
from medkarta.hl7.reading import read_units
from medkarta.hl7.systems import SNILS
from medkarta.resources.models import StoredResource

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
Resource = dict[str, Any]


def patient(rid: str | None = "p1", **more: Any) -> Resource:
    return _resource("Patient", rid, more)


def observation(rid: str | None = "o1", *, subject: Any = "Patient/p1", **more: Any) -> Resource:
    reference = {"reference": subject} if isinstance(subject, str) else subject
    named = {"subject": reference} if subject else {}
    return _resource("Observation", rid, {"status": "final", "code": {"text": "Глюкоза"}} | named | more)


def slot(rid: str = "s1", **more: Any) -> Resource:
    times = {"start": "2026-12-01T09:00:00+03:00", "end": "2026-12-01T09:15:00+03:00"}
    return _resource("Slot", rid, {"schedule": {"reference": "Schedule/1"}, "status": "free"} | times | more)


def organization(rid: str | None = "g1", **more: Any) -> Resource:
    return _resource("Organization", rid, {"name": "Поликлиника № 3"} | more)


def _resource(type_: str, rid: str | None, more: Mapping[str, Any]) -> Resource:
    return {"resourceType": type_} | ({"id": rid} if rid else {}) | dict(more)


def by_snils(number: str = "90000000182") -> Resource:
    return {"type": "Patient", "identifier": {"system": SNILS, "value": number}}


def entry(resource: Resource | None, *, method: str = "POST", full_url: str = "", **request: str) -> Resource:
    """Return an entry of a transaction or batch; `request` may name `url` or `ifNoneExist`."""
    found: Resource = {"fullUrl": full_url} if full_url else {}
    if resource is not None:
        found["resource"] = resource
    found["request"] = {"method": method, "url": resource["resourceType"] if resource else "Patient/p1"} | request
    return found


def bundle(*entries: Resource, type_: str = "transaction") -> Resource:
    return {"resourceType": "Bundle", "type": type_, "entry": list(entries)}


def send(*resources: Resource, source: str = "mis") -> list[Outcome]:
    """Import resources as lines of one file; the fate of each in order."""
    file = source_of("sent.ndjson", b"\n".join(dumps(one) for one in resources))
    return list(intake.take(SystemScope.of(source), read_units(file), now=NOW))


def fates(outcomes: list[Outcome]) -> list[str]:
    return [outcome.fate.value for outcome in outcomes]


def stored(type_: str, rid: str, *, source: str = "mis") -> StoredResource:
    return StoredResource.objects.get(pk=resource_id(source, type_, rid))
