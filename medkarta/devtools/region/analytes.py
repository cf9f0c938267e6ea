"""Laboratory analytes: names, units, reference ranges by sex and age, and how values spread among people.

The numbers are illustrative. They make a demo look like life and are no medical reference; each laboratory
prints ranges of its own.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Norm:
    """A reference range for a sex (None: both) and ages `youngest`..`oldest` in whole years, inclusive.

    `mean` and `sd` describe healthy people of that group, in the analyte's unit.
    """

    low: float | None
    high: float | None
    mean: float
    sd: float
    sex: str | None = None
    youngest: int = 0
    oldest: int = 120


@dataclass(frozen=True, slots=True)
class Analyte:
    """`floor` and `ceiling` are limits that no value of a living patient of this demo leaves."""

    key: str
    loinc: str
    name: str
    ucum: str
    unit: str
    digits: int
    floor: float
    ceiling: float
    norms: tuple[Norm, ...]
    shifts: tuple[tuple[str, float], ...] = ()

    def norm_for(self, sex: str, age: int) -> Norm:
        """Return the first norm that fits. Raises LookupError if the analyte isn't for that person."""
        for norm in self.norms:
            if norm.sex in (None, sex) and norm.youngest <= age <= norm.oldest:
                return norm
        raise LookupError(f"no norm of {self.key} for {sex}, {age}")


_BLOOD = (
    Analyte(
        "hb",
        "718-7",
        "Гемоглобин",
        "g/L",
        "г/л",
        0,
        70,
        190,
        (
            Norm(110, 140, 124, 6, None, 0, 5),
            Norm(115, 145, 130, 6, None, 6, 11),
            Norm(120, 150, 135, 6, "female", 12),
            Norm(120, 160, 140, 8, "male", 12, 17),
            Norm(130, 170, 149, 8, "male", 18),
        ),
        (("anemia", -21),),
    ),
    Analyte(
        "mcv",
        "787-2",
        "Средний объём эритроцита (MCV)",
        "fL",
        "фл",
        1,
        62,
        105,
        (Norm(75, 87, 81, 2.2, None, 0, 11), Norm(80, 100, 89, 3, None, 12)),
        (("anemia", -8),),
    ),
    Analyte(
        "mchc",
        "786-4",
        "Средняя концентрация гемоглобина в эритроците (MCHC)",
        "g/L",
        "г/л",
        0,
        300,
        365,
        (Norm(320, 360, 336, 6),),
        (("anemia", -9),),
    ),
    Analyte(
        "wbc",
        "6690-2",
        "Лейкоциты",
        "10*9/L",
        "10⁹/л",
        1,
        2.5,
        20,
        (
            Norm(5.5, 15.5, 9.2, 1.7, None, 0, 3),
            Norm(5.0, 13.0, 7.8, 1.4, None, 4, 11),
            Norm(4.0, 10.0, 6.4, 1.2, None, 12),
        ),
    ),
    Analyte(
        "plt",
        "777-3",
        "Тромбоциты",
        "10*9/L",
        "10⁹/л",
        0,
        110,
        520,
        (Norm(180, 450, 300, 45, None, 0, 11), Norm(150, 400, 248, 42, None, 12)),
    ),
    Analyte(
        "neut",
        "770-8",
        "Нейтрофилы",
        "%",
        "%",
        1,
        20,
        85,
        (Norm(25, 50, 38, 5, None, 0, 4), Norm(40, 62, 51, 5, None, 5, 11), Norm(47, 72, 58, 6, None, 12)),
    ),
    Analyte("mono", "5905-5", "Моноциты", "%", "%", 1, 1, 13, (Norm(3, 11, 7, 1.4),)),
    Analyte("eos", "713-8", "Эозинофилы", "%", "%", 1, 0, 12, (Norm(0.5, 5, 2.4, 0.9),), (("asthma", 2.4),)),
    Analyte(
        "esr",
        "4537-7",
        "СОЭ (по Вестергрену)",
        "mm/h",
        "мм/ч",
        0,
        1,
        70,
        (
            Norm(2, 10, 6, 2, None, 0, 17),
            Norm(2, 15, 8, 3, "male", 18, 50),
            Norm(2, 20, 12, 4, "male", 51),
            Norm(2, 20, 11, 4, "female", 18, 50),
            Norm(2, 30, 17, 5, "female", 51),
        ),
    ),
)
_BLOOD_DERIVED = (
    Analyte(
        "hct",
        "4544-3",
        "Гематокрит",
        "%",
        "%",
        1,
        22,
        58,
        (
            Norm(32, 42, 37, 2, None, 0, 5),
            Norm(34, 44, 39, 2, None, 6, 11),
            Norm(35, 46, 40, 2, "female", 12),
            Norm(36, 50, 43, 2, "male", 12),
        ),
    ),
    Analyte(
        "rbc",
        "789-8",
        "Эритроциты",
        "10*12/L",
        "10¹²/л",
        2,
        2.8,
        6.6,
        (
            Norm(3.9, 5.3, 4.6, 0.2, None, 0, 11),
            Norm(3.8, 5.1, 4.5, 0.2, "female", 12),
            Norm(4.3, 5.7, 4.9, 0.2, "male", 12),
        ),
    ),
    Analyte(
        "mch",
        "785-6",
        "Среднее содержание гемоглобина в эритроците (MCH)",
        "pg",
        "пг",
        1,
        19,
        36,
        (Norm(24, 31, 27, 1, None, 0, 11), Norm(27, 34, 30, 1, None, 12)),
    ),
    Analyte(
        "lymph",
        "736-9",
        "Лимфоциты",
        "%",
        "%",
        1,
        8,
        70,
        (Norm(37, 65, 51, 5, None, 0, 4), Norm(28, 48, 38, 5, None, 5, 11), Norm(19, 40, 31, 5, None, 12)),
    ),
    Analyte("baso", "706-2", "Базофилы", "%", "%", 1, 0, 1.5, (Norm(0, 1, 0.4, 0.2),)),
)
_CHEMISTRY = (
    Analyte(
        "glu",
        "14771-0",
        "Глюкоза натощак",
        "mmol/L",
        "ммоль/л",
        1,
        3.0,
        18,
        (Norm(3.3, 5.6, 4.6, 0.3, None, 0, 17), Norm(4.1, 6.1, 5.1, 0.4, None, 18)),
        (("diabetes", 2.4),),
    ),
    Analyte(
        "crea",
        "14682-9",
        "Креатинин",
        "umol/L",
        "мкмоль/л",
        0,
        18,
        180,
        (
            Norm(20, 48, 33, 5, None, 0, 5),
            Norm(27, 62, 45, 6, None, 6, 11),
            Norm(40, 88, 62, 8, None, 12, 17),
            Norm(49, 90, 70, 8, "female", 18),
            Norm(62, 106, 84, 9, "male", 18),
        ),
        (("hypertension", 6),),
    ),
    Analyte(
        "urea",
        "22664-7",
        "Мочевина",
        "mmol/L",
        "ммоль/л",
        1,
        1.5,
        18,
        (
            Norm(1.8, 6.4, 4.2, 0.8, None, 0, 17),
            Norm(2.8, 7.2, 5.1, 0.9, None, 18, 60),
            Norm(2.9, 8.2, 5.8, 1.0, None, 61),
        ),
    ),
    Analyte(
        "alt",
        "1742-6",
        "АЛТ",
        "U/L",
        "Ед/л",
        0,
        5,
        180,
        (Norm(None, 30, 17, 5, None, 0, 17), Norm(None, 33, 19, 6, "female", 18), Norm(None, 41, 25, 8, "male", 18)),
    ),
    Analyte(
        "ast",
        "1920-8",
        "АСТ",
        "U/L",
        "Ед/л",
        0,
        8,
        160,
        (Norm(None, 48, 29, 6, None, 0, 11), Norm(None, 32, 20, 5, "female", 12), Norm(None, 40, 24, 6, "male", 12)),
    ),
    Analyte("bili", "14631-6", "Билирубин общий", "umol/L", "мкмоль/л", 1, 2, 50, (Norm(3.4, 20.5, 10.5, 3.5),)),
    Analyte(
        "prot",
        "2885-2",
        "Общий белок",
        "g/L",
        "г/л",
        0,
        50,
        90,
        (Norm(60, 80, 68, 3.5, None, 0, 17), Norm(64, 83, 73, 3.5, None, 18)),
    ),
    Analyte("crp", "1988-5", "С-реактивный белок", "mg/L", "мг/л", 1, 0.1, 80, (Norm(None, 5, 1.6, 1.2),)),
    Analyte("k", "2823-3", "Калий", "mmol/L", "ммоль/л", 1, 3.0, 6.0, (Norm(3.5, 5.1, 4.3, 0.25),)),
)
_LIPIDS = (
    Analyte(
        "chol",
        "14647-2",
        "Холестерин общий",
        "mmol/L",
        "ммоль/л",
        2,
        2.4,
        10.5,
        (
            Norm(2.9, 5.2, 4.1, 0.4, None, 0, 17),
            Norm(None, 5.2, 4.7, 0.5, None, 18, 39),
            Norm(None, 5.2, 5.0, 0.6, None, 40),
        ),
        (("dyslipidemia", 1.3),),
    ),
    Analyte(
        "hdl",
        "14646-4",
        "Холестерин ЛПВП",
        "mmol/L",
        "ммоль/л",
        2,
        0.6,
        2.6,
        (Norm(1.0, None, 1.4, 0.2, "male"), Norm(1.2, None, 1.6, 0.2, "female")),
    ),
    Analyte(
        "tg",
        "14927-8",
        "Триглицериды",
        "mmol/L",
        "ммоль/л",
        2,
        0.3,
        4.4,
        (Norm(None, 1.7, 0.9, 0.22, None, 0, 17), Norm(None, 1.7, 1.2, 0.3, None, 18)),
        (("dyslipidemia", 0.7), ("diabetes", 0.4)),
    ),
)
_LIPIDS_DERIVED = (
    Analyte(
        "ldl",
        "22748-8",
        "Холестерин ЛПНП (по Фридвальду)",
        "mmol/L",
        "ммоль/л",
        2,
        0.6,
        8.0,
        (Norm(None, 3.0, 2.6, 0.5),),
    ),
)
_HORMONES = (
    Analyte(
        "tsh",
        "3016-3",
        "Тиреотропный гормон (ТТГ)",
        "m[IU]/L",
        "мМЕ/л",
        2,
        0.1,
        18,
        (Norm(0.6, 5.5, 2.5, 0.7, None, 0, 17), Norm(0.4, 4.0, 1.9, 0.6, None, 18)),
        (("hypothyroid", 2.6),),
    ),
    Analyte(
        "ft4",
        "14920-3",
        "Тироксин свободный (Т4 св.)",
        "pmol/L",
        "пмоль/л",
        1,
        6,
        28,
        (Norm(11.5, 22.7, 16, 2, None, 0, 17), Norm(10.8, 22.0, 15.5, 2, None, 18)),
        (("hypothyroid", -2.4),),
    ),
)
_SINGLE = (
    Analyte(
        "hba1c",
        "4548-4",
        "Гликированный гемоглобин (HbA1c)",
        "%",
        "%",
        1,
        4.0,
        13,
        (Norm(4.0, 6.0, 5.3, 0.25),),
        (("diabetes", 1.8),),
    ),
    Analyte(
        "ferritin",
        "2276-4",
        "Ферритин",
        "ug/L",
        "мкг/л",
        0,
        3,
        500,
        (Norm(10, 120, 45, 16, None, 0, 17), Norm(13, 150, 58, 20, "female", 18), Norm(30, 400, 140, 45, "male", 18)),
        (("anemia", -48),),
    ),
    Analyte(
        "psa",
        "2857-1",
        "ПСА общий",
        "ng/mL",
        "нг/мл",
        2,
        0.1,
        12,
        (
            Norm(None, 2.5, 1.0, 0.4, "male", 40, 49),
            Norm(None, 3.5, 1.4, 0.6, "male", 50, 59),
            Norm(None, 4.5, 1.8, 0.8, "male", 60, 69),
            Norm(None, 6.5, 2.4, 1.1, "male", 70),
        ),
    ),
)
_URINE = (
    Analyte("u-ph", "2756-5", "pH мочи", "[pH]", "pH", 1, 4.6, 8.5, (Norm(5.0, 7.5, 6.0, 0.5),)),
    Analyte("u-sg", "2965-2", "Относительная плотность мочи", "g/mL", "г/мл", 3, 1.003, 1.038, (
        Norm(1.008, 1.030, 1.019, 0.004),)),
    Analyte("u-wbc", "5821-4", "Лейкоциты в осадке мочи", "/[HPF]", "в поле зрения", 0, 0, 40, (Norm(0, 5, 2, 1.2),)),
    Analyte("u-rbc", "13945-1", "Эритроциты в осадке мочи", "/[HPF]", "в поле зрения", 0, 0, 20, (Norm(0, 2, 0.6, 0.6),)),
)  # fmt: skip

ANALYTE = {
    one.key: one
    for one in (
        *_BLOOD, *_BLOOD_DERIVED, *_CHEMISTRY, *_LIPIDS, *_LIPIDS_DERIVED, *_HORMONES, *_SINGLE, *_URINE,
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Panel:
    """What is ordered together: `order` is the order in which the report shows the analytes."""

    key: str
    loinc: str
    name: str
    order: tuple[str, ...]
    specimen: str
    words: tuple[tuple[str, str, str], ...] = ()  # LOINC, name, usual value of findings told in words


PANELS = {
    one.key: one
    for one in (
        Panel("cbc", "58410-2", "Общий анализ крови", (
            "hb", "rbc", "hct", "mcv", "mch", "mchc", "wbc", "neut", "lymph", "mono", "eos", "baso", "plt", "esr"),
            "Кровь венозная"),
        Panel("chem", "24323-8", "Биохимический анализ крови", (
            "glu", "crea", "urea", "alt", "ast", "bili", "prot", "crp", "k"), "Сыворотка крови"),
        Panel("lipids", "24331-1", "Липидный профиль", ("chol", "hdl", "ldl", "tg"), "Сыворотка крови"),
        Panel("glucose", "14771-0", "Глюкоза крови натощак", ("glu",), "Плазма крови"),
        Panel("hba1c", "4548-4", "Гликированный гемоглобин", ("hba1c",), "Кровь венозная"),
        Panel("thyroid", "24348-5", "Гормоны щитовидной железы", ("tsh", "ft4"), "Сыворотка крови"),
        Panel("ferritin", "2276-4", "Ферритин", ("ferritin",), "Сыворотка крови"),
        Panel("psa", "2857-1", "Простатспецифический антиген", ("psa",), "Сыворотка крови"),
        Panel("urine", "24356-8", "Общий анализ мочи", ("u-sg", "u-ph", "u-wbc", "u-rbc"), "Моча утренняя", (
            ("5778-6", "Цвет мочи", "соломенно-жёлтый"), ("20454-5", "Белок в моче", "не обнаружен"),
            ("25428-4", "Глюкоза в моче", "не обнаружена"))),
        Panel("screening", "14647-2", "Холестерин и глюкоза (профилактический осмотр)", ("chol", "glu"), "Сыворотка крови"),
    )
}  # fmt: skip
