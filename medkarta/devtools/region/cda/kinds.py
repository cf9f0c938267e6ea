"""What documents of each kind say, made of a visit. Texts are illustrative."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from random import Random
from xml.sax.saxutils import escape

from medkarta.devtools.region import cda, immunizations
from medkarta.devtools.region.analytes import PANELS
from medkarta.devtools.region.cda import Kind, Section
from medkarta.devtools.region.cda.entries import diagnosed, laboratory_section, measured, said
from medkarta.devtools.region.instrumental import STUDIES, conclusion_for
from medkarta.devtools.region.laboratory import Sample, observations
from medkarta.devtools.region.shapes import ref
from medkarta.devtools.region.vaccines import DISEASE
from medkarta.devtools.region.visits import Visit

_EXAMINED = (
    "Состояние удовлетворительное. Кожные покровы чистые, обычной окраски. Дыхание везикулярное, хрипов нет. "
    "Тоны сердца ясные, ритмичные. Живот мягкий, безболезненный."
)
_ANAMNESIS = "Наблюдается по месту жительства. Аллергических реакций не отмечает."
_ADVICE = "Режим общий, диета без ограничений. Контрольный осмотр при сохранении жалоб. Приём назначенных препаратов."
_PANELS = ("cbc", "chem", "lipids", "thyroid", "urine")

Maker = Callable[[Visit], tuple[Section, ...]]


def sections_of(visit: Visit, kind: Kind) -> tuple[Section, ...]:
    """Return the sections of a document of this kind about a visit."""
    return _MAKERS[kind.kind](visit) if not kind.is_coded else _coded(visit)


def _coded(visit: Visit) -> tuple[Section, ...]:
    """Return a consultation as its seventh edition has it: entries only, no titles and no text."""
    rng = Random(f"vitals:{visit.rid}")
    pressure = f"{rng.randint(100, 118) + min(visit.person.age_on(visit.day), 60) // 2}"
    vitals = (
        measured(
            "Систолическое артериальное давление",
            pressure,
            "мм рт. ст.",
            "mm[Hg]",
        )
        + measured("Частота сердечных сокращений", f"{rng.randint(62, 88)}", "уд/мин", "/min")
        + measured("Температура тела", f"36.{rng.randint(4, 8)}", "°C", "Cel")
    )
    coded = (
        ("COMPLNTS", "Жалобы", said("Жалобы пациента", visit.diagnosis.complaint)),
        ("ANAM", "Анамнез заболевания", said("Анамнез", _ANAMNESIS)),
        ("VITALPARAM", "Витальные параметры", vitals),
        ("RESCONS", "Консультация специалиста", said("Объективный осмотр", _EXAMINED)),
        ("DGN", "Диагнозы", diagnosed("Основное заболевание", visit.diagnosis.code, visit.diagnosis.text)),
        ("REGIME", "Режим и рекомендации", said("Рекомендации", _ADVICE)),
    )
    return tuple(Section(code, title, (), "", entries) for code, title, entries in coded)


def _consultation(visit: Visit) -> tuple[Section, ...]:
    return (
        Section("COMPLNTS", "Жалобы", (visit.diagnosis.complaint,)),
        Section("ANAM", "Анамнез заболевания", (_ANAMNESIS,)),
        Section("RESCONS", "Объективный осмотр", (_EXAMINED,)),
        Section("DGN", "Диагноз", (_diagnosis(visit),)),
        Section("REGIME", "Рекомендации", (_ADVICE,)),
    )


def _discharge(visit: Visit) -> tuple[Section, ...]:
    stay = f"Находился в стационаре с {visit.day:%d.%m.%Y} по {visit.last_day:%d.%m.%Y}. Выписан с улучшением."
    if visit.person.sex == "female":
        stay = stay.replace("Находился", "Находилась").replace("Выписан ", "Выписана ")
    return (Section("DOCINFO", "Пребывание в стационаре", (stay,)), *_consultation(visit))


def _checkup(visit: Visit) -> tuple[Section, ...]:
    group = "II" if visit.person.chronic else "I"
    return (
        Section("MEDEXAMINFO", "Сведения об осмотре", (visit.service, "Осмотр завершён, группа здоровья определена.")),
        Section("RESCONS", "Осмотр врача", (_EXAMINED,)),
        Section("DGN", "Заключение", (_diagnosis(visit), f"Группа здоровья: {group}.")),
    )


def _laboratory(visit: Visit) -> tuple[Section, ...]:
    panel = Random(f"panel:{visit.rid}").choice(_PANELS)
    facility = visit.doctor.facility
    sample = Sample(
        person=visit.person,
        panel=panel,
        day=visit.day,
        rid=f"{visit.rid}-{panel}",
        patient_rid=visit.person.key,
        performer=ref("Organization", facility.key, facility.name),
    )
    return (laboratory_section(PANELS[panel].name, observations(sample)),)


def _instrumental(visit: Visit) -> tuple[Section, ...]:
    rng = Random(f"study:{visit.rid}")
    age = visit.person.age_on(visit.day)
    study = rng.choice([one for one in STUDIES.values() if one.youngest <= age])
    return (
        Section("RESINFO", study.name, ("Исследование выполнено в полном объёме, без осложнений.",)),
        Section("SCORES", "Заключение", (conclusion_for(study, visit.person, rng),)),
    )


def _referral(visit: Visit) -> tuple[Section, ...]:
    until = visit.day + timedelta(days=30)
    return (
        Section("DOCINFO", "Направление", (f"Цель: консультация {visit.doctor.specialty.genitive}.",
                                           f"Действует до {until:%d.%m.%Y}.")),
        Section("DGN", "Обоснование", (_diagnosis(visit), visit.diagnosis.complaint)),
    )  # fmt: skip


def _camp(visit: Visit) -> tuple[Section, ...]:
    return (
        Section("DOCINFO", "Состояние здоровья", ("Здоров. Карантина и контактов с инфекционными больными нет.",)),
        Section("SCORES", "Физическое развитие", ("Соответствует возрасту. Физкультурная группа основная.",)),
        Section("REGIME", "Рекомендуемый режим", ("Общий, без ограничений.",)),
    )


def _vaccinations(visit: Visit) -> tuple[Section, ...]:
    rows = "".join(
        f"<tr><td>{shot.day:%d.%m.%Y}</td><td>{escape(shot.product)}</td><td>{escape(_against(shot))}</td></tr>"
        for shot in immunizations.shots(visit.person, visit.day)
        if not shot.is_refused
    )
    table = (
        "<table><caption>Выполненные прививки</caption><thead><tr><th>Дата</th><th>Препарат</th><th>От чего</th></tr>"
        f"</thead><tbody>{rows}</tbody></table>"
    )
    nothing = () if rows else ("Сведений о прививках нет.",)
    return (Section("IMM", "Иммунизация", nothing, table if rows else ""),)


def _against(shot: immunizations.Shot) -> str:
    return ", ".join(DISEASE[one][0] for one in shot.antigens)


def _certificate(visit: Visit) -> tuple[Section, ...]:
    text = f"{visit.person.full_name} {visit.day:%d.%m.%Y} на приёме в учреждении «{visit.doctor.facility.full_name}»."
    return (Section("DOCINFO", "Справка", (text,)),)


def _pool(visit: Visit) -> tuple[Section, ...]:
    return (Section("DOCINFO", "Заключение", ("Осмотр проведён. Посещение бассейна не противопоказано.",)),)


def _diagnosis(visit: Visit) -> str:
    return f"{visit.diagnosis.text} ({visit.diagnosis.code})"


_MAKERS: Mapping[str, Maker] = {
    cda.CONSULTATION.kind: _consultation,
    cda.OUTPATIENT.kind: _consultation,
    cda.DISCHARGE.kind: _discharge,
    cda.CHECKUP.kind: _checkup,
    cda.LABORATORY.kind: _laboratory,
    cda.INSTRUMENTAL.kind: _instrumental,
    cda.REFERRAL.kind: _referral,
    cda.CAMP.kind: _camp,
    cda.VACCINATIONS.kind: _vaccinations,
    cda.CERTIFICATE.kind: _certificate,
    cda.POOL.kind: _pool,
}
