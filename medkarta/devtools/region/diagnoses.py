"""Why people come: diagnoses by specialty, for whom they are plausible, and what is prescribed.

The tables are illustrative: they make a demo look like life and are no medical reference.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """An ICD-10 code for ages `youngest`..`oldest` (years, inclusive) of one sex or of both.

    `chronic` limits it to people with that illness; `drugs` are keys of `drugs.DRUG`.
    """

    code: str
    text: str
    youngest: int = 0
    oldest: int = 120
    sex: str | None = None
    chronic: str | None = None
    drugs: tuple[str, ...] = ()
    complaint: str = "Жалобы по основному заболеванию, динамика положительная."


_COLD = "Насморк, боль в горле, температура до 37,8 °C в течение трёх дней."
_PRESSURE = "Подъёмы артериального давления до 150/95 мм рт. ст., головная боль по утрам."

BY_SPECIALTY: dict[str, tuple[Diagnosis, ...]] = {
    "therapist": (
        Diagnosis("J06.9", "Острая инфекция верхних дыхательных путей неуточнённая", 18, complaint=_COLD),
        Diagnosis("J20.9", "Острый бронхит неуточнённый", 18, drugs=("ambroxol", "amoxicillin"), complaint=_COLD),
        Diagnosis("I10", "Эссенциальная (первичная) гипертензия", 35, chronic="hypertension",
                  drugs=("lisinopril", "amlodipine", "indapamide"), complaint=_PRESSURE),
        Diagnosis("E11.9", "Сахарный диабет 2 типа без осложнений", 40, chronic="diabetes", drugs=("metformin",)),
        Diagnosis("E78.0", "Чистая гиперхолестеринемия", 35, chronic="dyslipidemia", drugs=("atorvastatin",)),
        Diagnosis("D50.9", "Железодефицитная анемия неуточнённая", 18, chronic="anemia", drugs=("iron",),
                  complaint="Слабость, утомляемость."),
        Diagnosis("J45.9", "Астма неуточнённая", 18, chronic="asthma", drugs=("budesonide", "salbutamol")),
        Diagnosis("K29.7", "Гастрит неуточнённый", 18, drugs=("omeprazole",),
                  complaint="Тяжесть в верхней половине живота."),
        Diagnosis("M54.5", "Боль внизу спины", 18, drugs=("ibuprofen",), complaint="Боль в пояснице после нагрузки."),
    ),
    "paediatrician": (
        Diagnosis("J06.9", "Острая инфекция верхних дыхательных путей неуточнённая", 0, 17, complaint=_COLD),
        Diagnosis("J00", "Острый назофарингит (насморк)", 0, 17, complaint="Насморк, чихание."),
        Diagnosis("J03.9", "Острый тонзиллит неуточнённый", 2, 17, drugs=("amoxicillin-child",),
                  complaint="Боль в горле."),
        Diagnosis("L20.9", "Атопический дерматит неуточнённый", 0, 17, drugs=("cetirizine",),
                  complaint="Высыпания, зуд."),
        Diagnosis("D50.9", "Железодефицитная анемия неуточнённая", 1, 17, chronic="anemia", drugs=("iron-child",)),
        Diagnosis("J45.0", "Астма с преобладанием аллергического компонента", 5, 17, chronic="asthma",
                  drugs=("salbutamol",)),
    ),
    "gynaecologist": (
        Diagnosis("N76.0", "Острый вагинит", 18, 60, "female"),
        Diagnosis("N94.6", "Дисменорея неуточнённая", 18, 45, "female", drugs=("ibuprofen",)),
        Diagnosis("N95.1", "Менопаузальное и климактерическое состояние у женщин", 45, 65, "female"),
        Diagnosis("Z01.4", "Гинекологическое обследование (общее) (рутинное)", 18, 80, "female",
                  complaint="Жалоб не предъявляет, профилактический осмотр."),
    ),
    "surgeon": (
        Diagnosis("L60.0", "Вросший ноготь", 18),
        Diagnosis("I83.9", "Варикозное расширение вен нижних конечностей без язвы или воспаления", 30,
                  drugs=("diosmin",)),
        Diagnosis("M17.9", "Гонартроз неуточнённый", 45, chronic="osteoarthritis", drugs=("ibuprofen",),
                  complaint="Боль в коленных суставах при ходьбе."),
        Diagnosis("S93.4", "Растяжение связок голеностопного сустава", 18, complaint="Подвернул(а) ногу, отёк."),
    ),
    "child-surgeon": (
        Diagnosis("M21.4", "Плоская стопа (приобретённая)", 5, 17),
        Diagnosis("S60.2", "Ушиб других частей запястья и кисти", 2, 17),
        Diagnosis("Z01.8", "Другое уточнённое специальное обследование", 0, 17, complaint="Профилактический осмотр."),
    ),
    "ophthalmologist": (
        Diagnosis("H52.1", "Миопия", 6, 60, complaint="Хуже видит вдаль."),
        Diagnosis("H52.4", "Пресбиопия", 42, complaint="Трудно читать мелкий шрифт."),
        Diagnosis("H10.9", "Конъюнктивит неуточнённый", 0, drugs=("tobramycin",), complaint="Покраснение глаза."),
        Diagnosis("H25.9", "Старческая катаракта неуточнённая", 65, complaint="Туман перед глазами."),
    ),
    "ent": (
        Diagnosis("J31.0", "Хронический ринит", 5, drugs=("mometasone",)),
        Diagnosis("H61.2", "Серная пробка", 2, complaint="Снижение слуха на одно ухо."),
        Diagnosis("J32.9", "Хронический синусит неуточнённый", 10, drugs=("mometasone",)),
        Diagnosis("J35.2", "Гипертрофия аденоидов", 3, 10),
    ),
    "neurologist": (
        Diagnosis("G44.2", "Головная боль напряжённого типа", 18, drugs=("ibuprofen",),
                  complaint="Давящая головная боль."),
        Diagnosis("M54.2", "Цервикалгия", 18, drugs=("tolperisone",), complaint="Боль в шее."),
        Diagnosis("I67.8", "Другие уточнённые поражения сосудов мозга", 60, complaint="Головокружение, шум в голове."),
    ),
    "child-neurologist": (
        Diagnosis("G44.2", "Головная боль напряжённого типа", 7, 17),
        Diagnosis("Z13.8", "Специальное скрининговое обследование", 0, 17, complaint="Профилактический осмотр."),
    ),
    "cardiologist": (
        Diagnosis("I10", "Эссенциальная (первичная) гипертензия", 35, chronic="hypertension",
                  drugs=("bisoprolol", "lisinopril"), complaint=_PRESSURE),
        Diagnosis("I25.1", "Атеросклеротическая болезнь сердца", 55, chronic="dyslipidemia",
                  drugs=("atorvastatin", "bisoprolol", "aspirin")),
        Diagnosis("I49.4", "Другая и неуточнённая преждевременная деполяризация", 30,
                  complaint="Перебои в работе сердца."),
    ),
    "endocrinologist": (
        Diagnosis("E11.9", "Сахарный диабет 2 типа без осложнений", 40, chronic="diabetes",
                  drugs=("metformin", "gliclazide", "empagliflozin")),
        Diagnosis("E03.9", "Гипотиреоз неуточнённый", 25, chronic="hypothyroid", drugs=("levothyroxine",)),
        Diagnosis("E04.1", "Нетоксический одноузловой зоб", 30),
    ),
    "urologist": (
        Diagnosis("N40", "Гиперплазия предстательной железы", 50, 120, "male", drugs=("tamsulosin",)),
        Diagnosis("N20.0", "Камни почки", 25, complaint="Боль в пояснице."),
        Diagnosis("N30.0", "Острый цистит", 18, drugs=("fosfomycin",), complaint="Учащённое мочеиспускание."),
    ),
    "dermatologist": (
        Diagnosis("L30.9", "Дерматит неуточнённый", 18, drugs=("cetirizine",), complaint="Высыпания, зуд."),
        Diagnosis("L70.0", "Угри обыкновенные", 18, 35),
        Diagnosis("B35.1", "Микоз ногтей", 25),
    ),
    "dentist": (
        Diagnosis("K02.1", "Кариес дентина", 18, complaint="Боль в зубе от холодного."),
        Diagnosis("K03.6", "Отложения (наросты) на зубах", 18),
        Diagnosis("K05.1", "Хронический гингивит", 18),
    ),
    "child-dentist": (
        Diagnosis("K02.1", "Кариес дентина", 3, 17, complaint="Боль в зубе от холодного."),
        Diagnosis("Z01.2", "Стоматологическое обследование", 1, 17, complaint="Профилактический осмотр."),
    ),
    "psychiatrist": (
        Diagnosis("F41.2", "Смешанное тревожное и депрессивное расстройство", 18, drugs=("sertraline",),
                  complaint="Тревога, нарушение сна."),
        Diagnosis("F43.2", "Расстройство приспособительных реакций", 18),
    ),
    "narcologist": (Diagnosis("Z02.4", "Обследование для получения водительского удостоверения", 18),),
}  # fmt: skip

CHECKUP = Diagnosis("Z00.0", "Общий медицинский осмотр", 18, complaint="Жалоб не предъявляет.")
CHILD_CHECKUP = Diagnosis("Z00.1", "Рутинное обследование состояния здоровья ребёнка", 0, 17, complaint="Жалоб нет.")
INPATIENT = (
    Diagnosis("J18.9", "Пневмония неуточнённая", 18, complaint="Кашель, температура до 38,9 °C, слабость."),
    Diagnosis("I10", "Эссенциальная (первичная) гипертензия", 40, chronic="hypertension", drugs=("lisinopril",),
              complaint=_PRESSURE),
    Diagnosis("K80.2", "Камни желчного пузыря без холецистита", 30, complaint="Боль в правом подреберье."),
    Diagnosis("E11.9", "Сахарный диабет 2 типа без осложнений", 45, chronic="diabetes", drugs=("metformin",)),
)  # fmt: skip


def fits(diagnosis: Diagnosis, *, sex: str, age: int, chronic: frozenset[str]) -> bool:
    """Tell whether a diagnosis is plausible for a person of that sex, age and history."""
    return (
        diagnosis.youngest <= age <= diagnosis.oldest
        and diagnosis.sex in (None, sex)
        and (diagnosis.chronic is None or diagnosis.chronic in chronic)
    )
