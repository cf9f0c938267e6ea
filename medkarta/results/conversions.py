"""Units of laboratory values, converted by a table and by nothing else (`conversions.json`). Exact decimals.

Two units meet only within one row of the table: of one kind (an amount, a mass per volume), or an amount and a mass of
an analyte whose molar mass is known. Everything else stays as it is and gets an axis of its own.
"""

import json
from dataclasses import dataclass
from decimal import Decimal, getcontext
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "conversions.json"
_LEAST_DIGITS = 2
AMOUNT, MASS = "amount", "mass"


@dataclass(frozen=True, slots=True)
class Analyte:
    """One thing that is measured under several codes. `unit` is the UCUM code that its values are shown in."""

    code: str
    formula: str
    molar_mass: Decimal
    codes: frozenset[str]
    unit: str


@dataclass(frozen=True, slots=True)
class Table:
    """The file. `units`: UCUM code -> (kind, factor to the kind's base); `names`: UCUM code -> language -> words;
    `spellings`: how laboratories write a unit that they give no code for.
    """

    system: str
    analytes: tuple[Analyte, ...]
    units: dict[str, tuple[str, Decimal]]
    names: dict[str, dict[str, str]]
    spellings: dict[str, str]


@cache
def table() -> Table:
    """Return the table that the product ships."""
    told = json.loads(_DATA.read_text(encoding="utf-8"))
    analytes = (
        Analyte(one["analyte"], one["formula"], Decimal(one["molar_mass"]), frozenset(one["codes"]), one["unit"])
        for one in told["analytes"]
    )
    units = {code: (kind, Decimal(factor)) for kind, found in told["units"].items() for code, factor in found.items()}
    return Table(told["system"], tuple(analytes), units, told["names"], told["spellings"])


def unit_of(*, code: str, words: str) -> str:
    """Return the UCUM code of a unit; one that nobody knows stays as it is written."""
    return code or table().spellings.get("".join(words.split()).lower(), words)


def analyte_of(code: str, system: str) -> Analyte | None:
    """Return the analyte of a code; None where the table has none."""
    known = table()
    if system != known.system:
        return None
    return next((one for one in known.analytes if code in one.codes), None)


def factor(analyte: Analyte | None, unit: str, wanted: str) -> Decimal | None:
    """Return what a number in one unit is multiplied by to be in another; None where the table has no way."""
    if unit == wanted:
        return Decimal(1)
    units = table().units
    if unit not in units or wanted not in units:
        return None
    (kind, own), (wanted_kind, base) = units[unit], units[wanted]
    if kind == wanted_kind:
        return own / base
    if analyte is None or {kind, wanted_kind} != {AMOUNT, MASS}:
        return None
    return own / analyte.molar_mass / base if kind == MASS else own * analyte.molar_mass / base


def convert(number: Decimal, by: Decimal) -> Decimal:
    """Return a number times a factor, with as many significant digits as it had, two at least."""
    if by == 1:
        return number
    digits = min(max(len(number.as_tuple().digits), _LEAST_DIGITS), getcontext().prec)
    found = number * by
    if not found:
        return found
    return found.quantize(Decimal(1).scaleb(found.adjusted() - digits + 1))
