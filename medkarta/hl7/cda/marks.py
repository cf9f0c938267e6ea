"""What an interpretation code means, in words. Codes of HL7 v3 ObservationInterpretation."""

from django.utils.translation import gettext_lazy as _
from lxml import etree

from medkarta.hl7.cda.datatypes import Words

_NAMES = {
    "A": _("отклонение от нормы"),
    "AA": _("опасное отклонение"),
    "H": _("выше нормы"),
    "HH": _("намного выше нормы"),
    "L": _("ниже нормы"),
    "LL": _("намного ниже нормы"),
    "N": _("норма"),
    "NEG": _("отрицательно"),
    "POS": _("положительно"),
    "R": _("устойчив"),
    "S": _("чувствителен"),
    "I": _("умеренно устойчив"),
}


def interpretation_name(node: etree._Element | None, words: Words) -> str:
    """Return an interpretation for people: by its code, else as the sender names it; empty if there is none."""
    if node is None or (node.get("nullFlavor") and not node.get("displayName")):
        return ""
    known = _NAMES.get(str(node.get("code", "")).strip())
    return str(known) if known else words.label(node)
