"""An outside laboratory that knows two of the stand-in's persons under ids of its own."""

from collections.abc import Iterator
from datetime import date, timedelta

from medkarta.devtools.region.days import working_day_from
from medkarta.devtools.region.facilities import ogrn
from medkarta.devtools.region.laboratory import Sample
from medkarta.devtools.region.people import Person
from medkarta.devtools.region.shapes import HL7, OGRN, Resource, concept, identifier, meta, midnight, phone, ref
from medkarta.devtools.region.stand_in import ANNA, SMIRNOV

ORGANIZATION, NAME = "lab", "Лаборатория «Пробирка»"
STRANGER = "lab-x4"
LONG_PANELS = frozenset({"cbc", "chem"})
CUSTOMERS = (
    (ANNA, ("cbc", "thyroid", "ferritin")),
    (SMIRNOV, ("hba1c", "lipids", "chem", "psa")),
)


def rid_of(person: Person) -> str:
    return f"lab-{person.key}"


def directory() -> Iterator[Resource]:
    """Yield the laboratory itself. Without an FRMO number it is no clinic on the map."""
    updated = midnight(date(2023, 1, 9))
    yield {
        "resourceType": "Organization",
        "id": ORGANIZATION,
        "meta": meta(updated),
        "identifier": [identifier(OGRN, ogrn(50))],
        "active": True,
        "type": [concept(HL7 + "organization-type", "prov", "Медицинская организация")],
        "name": NAME,
        "alias": ["Клинико-диагностическая лаборатория «Пробирка»"],
        "telecom": [phone("+7 495 000-50-50")],
        "address": [{"text": "Мытищи, ул. Вокзальная, 2", "city": "Мытищи", "country": "RU"}],
    }


def samples(person: Person, panels: tuple[str, ...], start: date, today: date) -> Iterator[Sample]:
    """Yield the specimens whose results came before `today`: each quarter, long panels each half-year."""
    for year in range(start.year, today.year + 1):
        for quarter in range(4):
            day = date(year, 1 + 3 * quarter, 11)
            day = working_day_from(day)
            if day < start or day + timedelta(days=1) >= today:
                continue
            for panel in panels:
                if quarter % 2 and panel in LONG_PANELS:
                    continue
                yield Sample(
                    person=person,
                    panel=panel,
                    day=day,
                    rid=f"lab-{person.key}-{year % 100}q{quarter + 1}-{panel}",
                    patient_rid=rid_of(person),
                    performer=ref("Organization", ORGANIZATION, NAME),
                    haemoglobin_in_g_dl=True,
                )
