"""How issued sheets are numbered and checked. Pure."""

import re
from datetime import timedelta

NUMBER_DIGITS, PASSCODE_DIGITS = 16, 8
WRONG_PER_ADDRESS, WRONG_PER_NUMBER = 20, 10
WINDOW = timedelta(hours=1)
_GROUPS = re.compile(r"\d{1,4}")


def read_digits(text: str) -> str:
    """Return the digits of what was typed: spaces and dashes of any kind don't matter. ASCII digits only."""
    return re.sub(r"[^0-9]", "", text)


def grouped(digits: str) -> str:
    """Return digits in groups of four, as they are printed and read aloud."""
    return " ".join(_GROUPS.findall(digits))


def may_check(*, wrong_of_address: int, wrong_of_number: int) -> bool:
    """Tell whether one more check may be made, by the wrong ones of the last `WINDOW`."""
    return wrong_of_address < WRONG_PER_ADDRESS and wrong_of_number < WRONG_PER_NUMBER
