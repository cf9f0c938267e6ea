"""Instrumental studies: ECG, fluorography, ultrasound as FHIR DiagnosticReport with a conclusion.

Texts are illustrative; they describe findings that suit anybody of that age.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from medkarta.devtools.region.days import working_day_from
from medkarta.devtools.region.people import Person
from medkarta.devtools.region.shapes import HL7, LOINC, NO_SECURITY, Resource, at, coding, concept, meta, ref
from medkarta.devtools.region.visits import Visit


@dataclass(frozen=True, slots=True)
class Study:
    """A study for ages from `youngest`; `category` is a code of HL7 table 0074."""

    key: str
    loinc: str
    name: str
    category: str
    youngest: int
    normal: tuple[str, ...]
    findings: tuple[tuple[str, str], ...] = ()  # illness, conclusion
    preparation: str = ""


STUDIES = {
    one.key: one
    for one in (
        Study("ecg", "11524-6", "Электрокардиография", "EC", 0,
              ("Ритм синусовый, правильный. Нормальное положение электрической оси сердца.",
               "Ритм синусовый. Патологических изменений не выявлено."),
              (("hypertension", "Ритм синусовый. Признаки гипертрофии левого желудочка."),)),
        Study("fluoro", "36643-5", "Флюорография органов грудной клетки", "RAD", 15,
              ("Органы грудной клетки без видимой патологии.",
               "Лёгочные поля прозрачны, синусы свободны, тень средостения не расширена.")),
        Study("us-abdomen", "24558-9", "УЗИ органов брюшной полости", "RUS", 1,
              ("Эхографических признаков патологии не выявлено.",
               "Печень, желчный пузырь, поджелудочная железа и селезёнка не изменены."),
              (("diabetes", "Эхопризнаки диффузных изменений печени и поджелудочной железы."),),
              "Натощак: не ешьте 6 часов до исследования."),
        Study("us-thyroid", "24842-7", "УЗИ щитовидной железы", "RUS", 10,
              ("Щитовидная железа не увеличена, структура однородная.",),
              (("hypothyroid", "Эхопризнаки диффузных изменений щитовидной железы."),)),
        Study("us-pelvis", "24869-0", "УЗИ органов малого таза", "RUS", 18,
              ("Без особенностей, структура по возрасту.",), (), "За час до исследования выпейте литр воды."),
        Study("echo", "34552-0", "Эхокардиография", "RUS", 18,
              ("Полости сердца не расширены, сократимость сохранена, фракция выброса 63 %.",),
              (("hypertension", "Умеренная гипертрофия левого желудочка, фракция выброса 59 %."),)),
        Study("xray-knee", "30726-8", "Рентгенография коленного сустава", "RAD", 18,
              ("Костно-травматических изменений не выявлено.",),
              (("osteoarthritis", "Сужение суставной щели, признаки остеоартроза 2-й стадии."),)),
        Study("mammo", "24606-6", "Маммография в двух проекциях", "RAD", 40,
              ("BI-RADS 1: без патологических изменений.",)),
    )
}  # fmt: skip


def conclusion_for(study: Study, person: Person, rng: Random) -> str:
    for illness, text in study.findings:
        if illness in person.chronic:
            return text
    return rng.choice(study.normal)


def report(
    study: Study,
    person: Person,
    day: date,
    rid: str,
    performer: Resource,
    *,
    encounter_rid: str | None = None,
    request_rid: str | None = None,
) -> Resource:
    """Return the report of a study done on `day`, issued two hours later."""
    issued = at(day, 15 * 60)
    found: Resource = {
        "resourceType": "DiagnosticReport",
        "id": rid,
        "meta": meta(issued, security=NO_SECURITY),
        "status": "final",
        "category": [{"coding": [coding(HL7 + "v2-0074", study.category)], "text": "Инструментальное исследование"}],
        "code": concept(LOINC, study.loinc, study.name),
        "subject": ref("Patient", person.key),
        "effectiveDateTime": at(day, 13 * 60),
        "issued": issued,
        "performer": [performer],
        "conclusion": conclusion_for(study, person, Random(f"study:{rid}")),
    }
    if encounter_rid:
        found["encounter"] = ref("Encounter", encounter_rid)
    if request_rid:
        found["basedOn"] = [ref("ServiceRequest", request_rid)]
    return found


_BY_SPECIALTY = {
    "cardiologist": ("ecg", "echo"),
    "endocrinologist": ("us-thyroid",),
    "surgeon": ("us-abdomen", "xray-knee"),
    "gynaecologist": ("us-pelvis",),
    "therapist": ("fluoro", "us-abdomen", "ecg"),
    "paediatrician": ("us-abdomen", "ecg"),
    "child-surgeon": ("us-abdomen",),
}


def ordered_at(visit: Visit) -> Study | None:
    """Return the study that the doctor of a visit orders, if any."""
    keys = _BY_SPECIALTY.get(visit.doctor.specialty.key)
    rng = Random(f"orders:{visit.rid}")
    if keys is None or rng.random() > 0.16:
        return None
    study = STUDIES[rng.choice(keys)]
    return study if visit.person.age_on(visit.day) >= study.youngest else None


def checkup_studies(person: Person, day: date) -> Iterator[Study]:
    """Yield the studies of a check-up: fluorography every second year, ECG from 35, mammography at even ages."""
    age = day.year - person.born.year
    if age >= 18 and age % 2 == 0:
        yield STUDIES["fluoro"]
    if age >= 35 or age in (1, 6, 15, 17):
        yield STUDIES["ecg"]
    if person.sex == "female" and 40 <= age <= 75 and age % 2 == 0:
        yield STUDIES["mammo"]


def study_day(visit: Visit) -> date:
    """Return the working day about a week after the visit on which an ordered study is done."""
    day = visit.day + timedelta(days=5 + int(visit.rid[-1]) % 5)
    return working_day_from(day)
