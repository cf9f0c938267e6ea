"""Reasons for a vaccination not done, in words. Codes: HL7 v3 ActReason, as FHIR R4 recommends them."""

from django.utils.translation import gettext_lazy as _

from medkarta.core.errors import Text
from medkarta.immunizations import rules

_REASONS: dict[str, Text] = {
    "IMMUNE": _("Уже есть иммунитет"),
    "MEDPREC": _("Медицинское противопоказание"),
    "OSTOCK": _("Не было вакцины"),
    "PATOBJ": _("Отказ пациента или его представителя"),
}


def reason_words(code: str, text: str) -> Text:
    """Return a reason for people: Russian words as sent, else those of the code, else whatever was sent."""
    if rules.is_russian(text):
        return text
    return _REASONS.get(code, text)
