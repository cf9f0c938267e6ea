"""One person's whole record from the clinics, in an order in which references point backwards."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from random import Random

from medkarta.devtools.region import (
    appointments,
    checkups,
    documents,
    identity,
    immunizations,
    instrumental,
    laboratory,
    prescriptions,
    referrals,
    visits,
    year_plan,
)
from medkarta.devtools.region.analytes import PANELS
from medkarta.devtools.region.days import working_day_from
from medkarta.devtools.region.laboratory import Sample
from medkarta.devtools.region.people import Person
from medkarta.devtools.region.shapes import Resource, ref
from medkarta.devtools.region.timetable import HORIZON, Diary
from medkarta.devtools.region.visits import Visit

YEARS_BACK = 3
_PSA_AGES = frozenset({45, 50, 55, 60, 64})
_BY_ILLNESS = {
    "diabetes": ("glucose", "hba1c"),
    "hypothyroid": ("thyroid",),
    "anemia": ("cbc", "ferritin"),
    "dyslipidemia": ("lipids",),
    "hypertension": ("chem", "lipids"),
}


def window_start(today: date) -> date:
    """Return the day three years ago; 29 February counts as 28."""
    return date(today.year - YEARS_BACK, today.month, min(today.day, 28))


def years_of(today: date) -> range:
    return range(window_start(today).year, (today + timedelta(days=HORIZON)).year + 1)


def panels_of(visit: Visit, *, rich: bool) -> tuple[str, ...]:
    """Return the laboratory panels ordered at a visit."""
    person, age = visit.person, visit.day.year - visit.person.born.year
    if visit.is_restricted:
        return ()
    if visit.kind == "checkup":
        if visit.programme == "ПН1" or age < 18:
            return ("cbc", "urine") if (rich and age > 9) or age in (1, 3, 6, 10, 15, 16, 17) else ()
        if rich:
            return ("screening", "cbc")
        more = ("psa",) if person.sex == "male" and age in _PSA_AGES and visit.programme == "ДВ4" else ()
        return ("screening", "cbc", *more) if age >= 40 and visit.programme == "ДВ4" else ("screening", *more)
    if visit.kind == "stay":
        return ("cbc", "chem", "urine")
    rng = Random(f"panels:{visit.rid}")
    known = _BY_ILLNESS.get(visit.diagnosis.chronic or "")
    if known and rng.random() < (0.7 if rich else 0.22):
        return known
    if visit.doctor.specialty.key in ("therapist", "paediatrician") and rng.random() < (0.4 if rich else 0.1):
        return rng.choice((("cbc",), ("cbc",), ("cbc", "urine"), ("urine",), ("chem",)))
    return ()


def sample_of(visit: Visit, panel: str) -> Sample:
    """Return the specimen of an ordered panel, taken on the next working day."""
    day = visit.last_day + timedelta(days=1) if visit.kind != "stay" else visit.day
    if visit.kind != "stay":
        day = working_day_from(day)
    facility = visit.doctor.facility
    return Sample(
        person=visit.person,
        panel=panel,
        day=day,
        rid=f"{visit.rid}-{panel}",
        patient_rid=visit.person.key,
        performer=ref("Organization", facility.key, facility.name),
        encounter_rid=visit.rid,
    )


def _laboratory(visit: Visit, today: date, *, rich: bool) -> Iterator[Resource]:
    for panel in panels_of(visit, rich=rich):
        sample = sample_of(visit, panel)
        issued_on = sample.day + timedelta(days=1)
        if issued_on >= today:
            continue
        yield from laboratory.report(sample)
        if panel in ("cbc", "chem") and (rich or Random(f"labdoc:{sample.rid}").random() < 0.05):
            found = laboratory.observations(sample)
            yield from documents.of_report(visit, sample.rid, PANELS[panel].name, issued_on, found)


def _studies(visit: Visit, today: date) -> Iterator[Resource]:
    facility = visit.doctor.facility
    performer = ref("Organization", facility.key, facility.name)
    if visit.kind == "checkup":
        for study in instrumental.checkup_studies(visit.person, visit.day):
            yield instrumental.report(
                study, visit.person, visit.day, f"{visit.rid}-{study.key}", performer, encounter_rid=visit.rid
            )
        return
    ordered = instrumental.ordered_at(visit) if visit.kind != "home" else None
    day = instrumental.study_day(visit)
    if ordered and day < today:
        yield instrumental.report(
            ordered, visit.person, day, f"{visit.rid}-{ordered.key}", performer,
            encounter_rid=visit.rid, request_rid=f"{visit.rid}-study",
        )  # fmt: skip


def _has_document(visit: Visit, *, rich: bool) -> bool:
    if visit.kind in ("stay", "checkup") or rich:
        return True
    return Random(f"doc:{visit.rid}").random() < (0.14 if not visit.is_restricted else 1.0)


def of_visit(visit: Visit, today: date, *, rich: bool) -> Iterator[Resource]:
    """Yield everything that a past visit left behind."""
    yield visits.encounter(visit)
    yield visits.condition(visit)
    yield from referrals.of_visit(visit, today)
    yield from prescriptions.of_visit(visit, today)
    yield from _laboratory(visit, today, rich=rich)
    yield from _studies(visit, today)
    if _has_document(visit, rich=rich):
        yield from documents.of_visit(visit, with_pdf=visit.kind == "stay" or (rich and visit.is_primary))
        if rich and visit.kind == "visit" and visit.rid.endswith(("1", "5")) and not visit.is_restricted:
            yield from documents.certificate(visit)
        if rich and visit.kind == "visit":
            yield from documents.also(visit)
    if visit.kind == "checkup":
        yield checkups.care_plan(visit, f"{visit.rid}-doc")


def who(
    person: Person, household: Mapping[str, Person], today: date, *, clinic: str | None = None
) -> Iterator[Resource]:
    """Yield Patient, parents and policy."""
    yield identity.patient(person, today, clinic=clinic)
    yield from identity.related_persons(person, household, today)
    policy = identity.coverage(person)
    if policy:
        yield policy


def record(person: Person, today: date, *, seed: int, diary: Diary, rich: bool = False) -> Iterator[Resource]:
    """Yield vaccinations, visits of three years and what came of them, and bookings ahead.

    A `rich` record (a named person's) has more documents and leaves its bookings ahead to `stand_in_records`.
    """
    yield from immunizations.resources(person, today)
    start = window_start(today)
    for visit in year_plan.planned(person, years_of(today), seed, diary):
        if visit.day < start or (rich and visit.day >= today):
            continue
        yield from appointments.of_visit(visit, today)
        if visit.outcome == "fulfilled" and visits.is_past(visit, today):
            yield from of_visit(visit, today, rich=rich)
        elif visits.is_under_way(visit, today):
            yield visits.encounter(visit, under_way=True)
