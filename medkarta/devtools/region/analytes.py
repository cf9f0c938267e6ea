"""All analytes by key, and the panels in which a laboratory orders them."""

from dataclasses import dataclass

from medkarta.devtools.region.analytes_blood import BLOOD, BLOOD_DERIVED, URINE
from medkarta.devtools.region.analytes_serum import CHEMISTRY, HORMONES, LIPIDS, LIPIDS_DERIVED, SINGLE

ANALYTE = {
    one.key: one
    for one in (
        *BLOOD, *BLOOD_DERIVED, *CHEMISTRY, *LIPIDS, *LIPIDS_DERIVED, *HORMONES, *SINGLE, *URINE,
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
        Panel("screening", "14647-2", "Холестерин и глюкоза (профилактический осмотр)", ("chol", "glu"),
              "Сыворотка крови"),
    )
}  # fmt: skip
