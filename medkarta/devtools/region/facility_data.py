"""Invented clinics of the demo region: names, hours and staff. Phone numbers lead nowhere."""

from dataclasses import dataclass

Hours = tuple[tuple[str, str, str], ...]  # days, opens, closes

ALL_DAY: Hours = (("mon tue wed thu fri", "08:00", "20:00"), ("sat", "09:00", "15:00"))
WITH_SUNDAY: Hours = (("mon tue wed thu fri", "08:00", "20:00"), ("sat", "08:00", "16:00"), ("sun", "09:00", "14:00"))
WITH_LUNCH: Hours = (
    ("mon tue wed thu fri", "08:00", "13:00"),
    ("mon tue wed thu fri", "14:00", "19:00"),
    ("sat", "09:00", "14:00"),
)
WEEKDAYS_LUNCH: Hours = (("mon tue wed thu fri", "09:00", "13:00"), ("mon tue wed thu fri", "13:45", "18:00"))
SHORT_FRIDAY: Hours = (("mon tue wed thu", "08:00", "18:00"), ("fri", "08:00", "16:00"))
ROUND_THE_CLOCK: Hours = (("mon tue wed thu fri sat sun", "00:00", "23:59"),)

ADULTS = ("adults",)
CHILDREN = ("children",)
BOTH = ("adults", "children")


@dataclass(frozen=True, slots=True)
class Facility:
    """A clinic with one site. `staff` names specialties, one entry for each doctor."""

    key: str
    number: int
    name: str
    full_name: str
    town: str
    street: str
    house: str
    offset: tuple[float, float]
    hours: Hours
    audience: tuple[str, ...]
    staff: str
    phone: str
    zone: str = "Europe/Moscow"
    inpatient: bool = False

    @property
    def utc_offset(self) -> str:
        return "+02:00" if self.zone == "Europe/Kaliningrad" else "+03:00"

    @property
    def address(self) -> str:
        return f"{self.town}, {self.street}, {self.house}"


FACILITIES = (
    Facility(
        "f01", 1, "Поликлиника № 3", "Мытищинская областная клиническая поликлиника № 3", "Мытищи", "ул. Мира", "7",
        (0.004, 0.006), ALL_DAY, ADULTS,
        "therapist therapist therapist gynaecologist surgeon ophthalmologist ent neurologist cardiologist"
        " endocrinologist urologist",
        "+7 495 000-01-03",
    ),
    Facility(
        "f02", 2, "Детская поликлиника № 2", "Мытищинская детская городская поликлиника № 2", "Мытищи",
        "ул. Парковая", "12", (-0.006, 0.011), WITH_LUNCH, CHILDREN,
        "paediatrician paediatrician paediatrician child-surgeon ophthalmologist ent child-neurologist",
        "+7 495 000-02-02",
    ),
    Facility(
        "f03", 3, "Поликлиника № 5", "Королёвская городская поликлиника № 5", "Королёв", "просп. Победы", "31",
        (0.003, -0.008), ALL_DAY, ADULTS, "therapist therapist therapist gynaecologist ophthalmologist urologist",
        "+7 495 000-03-05",
    ),
    Facility(
        "f04", 4, "Поликлиника «Заречная»", "Балашихинская городская поликлиника «Заречная»", "Балашиха",
        "ул. Заречная", "4", (0.008, 0.004), WITH_SUNDAY, ADULTS,
        "therapist therapist therapist surgeon cardiologist neurologist ophthalmologist", "+7 495 000-04-01",
    ),
    Facility(
        "f05", 5, "Детская поликлиника «Теремок»", "Балашихинская детская поликлиника «Теремок»", "Балашиха",
        "ул. Школьная", "18", (-0.005, -0.009), WEEKDAYS_LUNCH, CHILDREN,
        "paediatrician paediatrician paediatrician ent child-neurologist", "+7 495 000-05-01",
    ),
    Facility(
        "f06", 6, "Областная больница № 2", "Подольская областная больница № 2", "Подольск", "ул. Лесная", "2",
        (0.007, 0.002), ROUND_THE_CLOCK, ADULTS,
        "therapist therapist cardiologist surgeon neurologist endocrinologist", "+7 496 000-06-02", inpatient=True,
    ),
    Facility(
        "f07", 7, "Стоматологическая поликлиника", "Люберецкая областная стоматологическая поликлиника", "Люберцы",
        "ул. Солнечная", "9", (0.002, 0.003), SHORT_FRIDAY, BOTH, "dentist dentist child-dentist", "+7 495 000-07-01",
    ),
    Facility(
        "f08", 8, "Женская консультация № 1", "Одинцовская женская консультация № 1", "Одинцово", "ул. Садовая", "15",
        (-0.003, 0.005), WEEKDAYS_LUNCH, ADULTS, "gynaecologist gynaecologist", "+7 495 000-08-01",
    ),
    Facility(
        "f09", 9, "Поликлиника № 1", "Серпуховская городская поликлиника № 1", "Серпухов", "ул. Ткацкая", "22",
        (0.001, -0.004), WITH_LUNCH, ADULTS,
        "therapist therapist dermatologist urologist ophthalmologist neurologist", "+7 496 000-09-01",
    ),
    Facility(
        "f10", 10, "Детская поликлиника «Радуга»", "Подольская детская поликлиника «Радуга»", "Подольск",
        "ул. Молодёжная", "6", (-0.008, 0.007), ALL_DAY, CHILDREN, "paediatrician paediatrician child-surgeon",
        "+7 496 000-10-01",
    ),
    Facility(
        "f11", 11, "Центр психического здоровья", "Мытищинский центр психического здоровья", "Мытищи",
        "ул. Сосновая", "3", (0.012, -0.007), SHORT_FRIDAY, ADULTS, "psychiatrist narcologist", "+7 495 000-11-01",
    ),
    Facility(
        "f12", 12, "Центр реабилитации «Янтарный берег»",
        "Центр медицинской реабилитации «Янтарный берег» (выездное отделение)", "Зеленоградск", "ул. Набережная", "1",
        (0.0, 0.0), WEEKDAYS_LUNCH, ADULTS, "therapist neurologist", "+7 401 000-12-01", "Europe/Kaliningrad",
    ),
)  # fmt: skip
FACILITY = {facility.key: facility for facility in FACILITIES}
