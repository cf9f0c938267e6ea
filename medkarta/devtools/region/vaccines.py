"""Doses that a demo record carries: target ages of the National calendar, products, minimal ages and intervals.

Ages and order of doses: order of the Ministry of Health No. 1122n of 06.12.2021 (edition 677n). The order gives
no minimal intervals; those here are typical of product instructions and illustrative.
"""

from dataclasses import dataclass

# disease name and ICD-10 category by antigen
DISEASE = {
    "HBV": ("Вирусный гепатит B", "B16"),
    "TB": ("Туберкулёз", "A16"),
    "PCV": ("Пневмококковая инфекция", "J13"),
    "DIPHTHERIA": ("Дифтерия", "A36"),
    "PERTUSSIS": ("Коклюш", "A37"),
    "TETANUS": ("Столбняк", "A35"),
    "POLIO": ("Полиомиелит", "A80"),
    "HIB": ("Гемофильная инфекция типа b", "G00.0"),
    "MEASLES": ("Корь", "B05"),
    "RUBELLA": ("Краснуха", "B06"),
    "MUMPS": ("Эпидемический паротит", "B26"),
    "INFLUENZA": ("Грипп", "J10"),
}
DTP = ("DIPHTHERIA", "PERTUSSIS", "TETANUS")
DT = ("DIPHTHERIA", "TETANUS")
MMR = ("MEASLES", "RUBELLA", "MUMPS")
HEPATITIS = ("HBV",)


@dataclass(frozen=True, slots=True)
class Dose:
    """A dose of the calendar. `age_days` is the target; `line` groups doses that follow one another.

    `min_gap` is the least number of days after the previous dose of the line. `series`: V vaccination, RV booster.
    """

    key: str
    line: str
    product: str
    antigens: tuple[str, ...]
    series: str
    number: int
    age_days: int
    min_gap: int = 0
    route: str = "внутримышечно"
    volume: float = 0.5


_MONTH, _YEAR = 30.44, 365.25


def _months(count: float) -> int:
    return round(count * _MONTH)


CHILD_DOSES = (
    Dose("hbv1", "HBV", "Вакцина против гепатита B рекомбинантная", HEPATITIS, "V", 1, 0),
    Dose("bcg", "TB", "БЦЖ-М", ("TB",), "V", 1, 4, 0, "внутрикожно", 0.1),
    Dose("hbv2", "HBV", "Вакцина против гепатита B рекомбинантная", HEPATITIS, "V", 2, _months(1), 28),
    Dose("pcv1", "PCV", "Вакцина пневмококковая конъюгированная 13-валентная", ("PCV",), "V", 1, _months(2)),
    Dose("dtp1", "DTP", "АКДС-вакцина", DTP, "V", 1, _months(3)),
    Dose("ipv1", "POLIO", "Вакцина полиомиелитная инактивированная", ("POLIO",), "V", 1, _months(3)),
    Dose("hib1", "HIB", "Вакцина гемофильная тип b конъюгированная", ("HIB",), "V", 1, _months(3)),
    Dose("dtp2", "DTP", "АКДС-вакцина", DTP, "V", 2, _months(4.5), 45),
    Dose("ipv2", "POLIO", "Вакцина полиомиелитная инактивированная", ("POLIO",), "V", 2, _months(4.5), 45),
    Dose("hib2", "HIB", "Вакцина гемофильная тип b конъюгированная", ("HIB",), "V", 2, _months(4.5), 45),
    Dose("pcv2", "PCV", "Вакцина пневмококковая конъюгированная 13-валентная", ("PCV",), "V", 2, _months(4.5), 56),
    Dose("dtp3", "DTP", "АКДС-вакцина", DTP, "V", 3, _months(6), 45),
    Dose("ipv3", "POLIO", "Вакцина полиомиелитная инактивированная", ("POLIO",), "V", 3, _months(6), 45),
    Dose("hib3", "HIB", "Вакцина гемофильная тип b конъюгированная", ("HIB",), "V", 3, _months(6), 45),
    Dose("hbv3", "HBV", "Вакцина против гепатита B рекомбинантная", HEPATITIS, "V", 3, _months(6), 150),
    Dose("mmr1", "MMR", "Вакцина против кори, краснухи и паротита живая", MMR, "V", 1, 366, 0, "подкожно"),
    Dose("pcv3", "PCV", "Вакцина пневмококковая конъюгированная 13-валентная", ("PCV",), "RV", 1, _months(15), 180),
    Dose("dtp4", "DTP", "АКДС-вакцина", DTP, "RV", 1, _months(18.2), 365),
    Dose("ipv4", "POLIO", "Вакцина полиомиелитная инактивированная", ("POLIO",), "RV", 1, _months(18.2), 180),
    Dose("hib4", "HIB", "Вакцина гемофильная тип b конъюгированная", ("HIB",), "RV", 1, _months(18.2), 180),
    Dose("opv5", "POLIO", "Вакцина полиомиелитная пероральная", ("POLIO",), "RV", 2, _months(20.4), 60,
         "перорально", 0.2),
    Dose("mmr2", "MMR", "Вакцина против кори, краснухи и паротита живая", MMR, "RV", 1, round(6 * _YEAR), 90,
         "подкожно"),
    Dose("opv6", "POLIO", "Вакцина полиомиелитная пероральная", ("POLIO",), "RV", 3, round(6.05 * _YEAR), 180,
         "перорально", 0.2),
    Dose("dt5", "DTP", "АДС-М-анатоксин", DT, "RV", 2, round(6.6 * _YEAR), 365),
    Dose("dt6", "DTP", "АДС-М-анатоксин", DT, "RV", 3, round(14.05 * _YEAR), 365),
)  # fmt: skip
FLU_VACCINE = "Вакцина гриппозная инактивированная"
ADULT_DT = "АДС-М-анатоксин"
ADULT_MEASLES = "Вакцина коревая культуральная живая"
