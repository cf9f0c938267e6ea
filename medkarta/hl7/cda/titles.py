"""Names of sections by their codes, for documents whose sections have neither a title nor a display name.

Codes of dictionary 1.2.643.5.1.13.13.99.2.197 «Секции электронных медицинских документов».
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from lxml import etree

from medkarta.hl7.cda.datatypes import child, text_of

_NAMES = {
    "ALL": gettext_lazy("Аллергии и непереносимость"),
    "ANALYSERS": gettext_lazy("Оборудование и расходные материалы"),
    "ANAM": gettext_lazy("Анамнез заболевания"),
    "BENEFITS": gettext_lazy("Льготы"),
    "COMMISSION": gettext_lazy("Решение врачебной комиссии"),
    "COMPLNTS": gettext_lazy("Жалобы"),
    "CONSILIUMDECISION": gettext_lazy("Решение консилиума"),
    "DGN": gettext_lazy("Диагнозы"),
    "DISABILITY": gettext_lazy("Инвалидность"),
    "DOCINFO": gettext_lazy("Сведения о документе"),
    "DRUG": gettext_lazy("Лекарственные препараты"),
    "EDU": gettext_lazy("Сведения об образовании"),
    "EPIDEM": gettext_lazy("Эпидемиологический анамнез"),
    "GENETICD": gettext_lazy("Генетические данные"),
    "IMM": gettext_lazy("Иммунизация"),
    "LANAM": gettext_lazy("Анамнез жизни"),
    "LINKDOCS": gettext_lazy("Связанные документы"),
    "MEDEXAMINFO": gettext_lazy("Сведения о медицинском осмотре"),
    "PROC": gettext_lazy("Исследования и процедуры"),
    "PRVDS": gettext_lazy("Осмотры специалистов"),
    "RECIPE": gettext_lazy("Рецепт"),
    "REGIME": gettext_lazy("Режим и рекомендации"),
    "RESCONS": gettext_lazy("Консультации врачей"),
    "RESINFO": gettext_lazy("Сведения о результатах"),
    "RESINSTR": gettext_lazy("Результаты инструментальных исследований"),
    "RESLAB": gettext_lazy("Результаты лабораторных исследований"),
    "SCORES": gettext_lazy("Объективизированная оценка состояния пациента"),
    "SERVICES": gettext_lazy("Оказанные услуги"),
    "SOCANAM": gettext_lazy("Социальный анамнез"),
    "SPECIMENS": gettext_lazy("Исследованные материалы"),
    "SUR": gettext_lazy("Хирургические вмешательства"),
    "VITALPARAM": gettext_lazy("Витальные параметры"),
}


def code_of(section: etree._Element) -> str:
    """Return the code of a section, empty if it has none."""
    code = child(section, "code")
    return "" if code is None else str(code.get("code", "")).strip()


def title_of(section: etree._Element) -> str:
    """Return a heading for a section: its own, else the name of its code. Never empty."""
    code = child(section, "code")
    shown = "" if code is None else str(code.get("displayName", "")).strip()
    found = text_of(child(section, "title")) or shown
    return found or str(_NAMES.get(code_of(section).upper(), "")) or _("Раздел без названия")
