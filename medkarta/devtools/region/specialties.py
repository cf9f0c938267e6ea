"""Specialties of the demo doctors. Codes imitate the dictionary 1.2.643.5.1.13.13.11.1066 and are illustrative."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Specialty:
    """`minutes` is the length of a visit; `is_open` means that patients book it without a referral."""

    key: str
    code: str
    name: str
    doctor: str
    genitive: str
    minutes: int
    is_open: bool = True


_ALL = (
    Specialty("therapist", "49", "Терапия", "Терапевт участковый", "терапевта", 15),
    Specialty("paediatrician", "27", "Педиатрия", "Педиатр участковый", "педиатра", 15),
    Specialty("gynaecologist", "2", "Акушерство и гинекология", "Акушер-гинеколог", "акушера-гинеколога", 20),
    Specialty("surgeon", "61", "Хирургия", "Хирург", "хирурга", 25),
    Specialty("child-surgeon", "13", "Детская хирургия", "Хирург детский", "детского хирурга", 25),
    Specialty("ophthalmologist", "34", "Офтальмология", "Офтальмолог", "офтальмолога", 15),
    Specialty("ent", "32", "Оториноларингология", "Оториноларинголог", "оториноларинголога", 15),
    Specialty("neurologist", "29", "Неврология", "Невролог", "невролога", 20, False),
    Specialty("child-neurologist", "229", "Детская неврология", "Невролог детский", "детского невролога", 20, False),
    Specialty("cardiologist", "23", "Кардиология", "Кардиолог", "кардиолога", 25, False),
    Specialty("endocrinologist", "67", "Эндокринология", "Эндокринолог", "эндокринолога", 20, False),
    Specialty("urologist", "57", "Урология", "Уролог", "уролога", 20, False),
    Specialty("dermatologist", "15", "Дерматовенерология", "Дерматовенеролог", "дерматовенеролога", 15),
    Specialty("dentist", "46", "Стоматология", "Стоматолог-терапевт", "стоматолога", 40),
    Specialty("child-dentist", "45", "Стоматология детская", "Стоматолог детский", "детского стоматолога", 40),
    Specialty("psychiatrist", "40", "Психиатрия", "Психиатр", "психиатра", 30, False),
    Specialty("narcologist", "41", "Психиатрия-наркология", "Психиатр-нарколог", "психиатра-нарколога", 30),
)
SPECIALTY_OF = {one.key: one for one in _ALL}
FOR_CHILDREN_ONLY = frozenset({"paediatrician", "child-surgeon", "child-neurologist", "child-dentist"})
