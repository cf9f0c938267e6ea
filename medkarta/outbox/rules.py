"""When a failed delivery is tried again. Pure functions."""

from datetime import timedelta

MAX_ATTEMPTS = 12
_FIRST = timedelta(seconds=5)
_LONGEST = timedelta(hours=6)


def back_off(attempts: int) -> timedelta:
    """Return the pause after the n-th failure (from 1): 5 s doubled each time, six hours at most."""
    doublings: int = 2 ** min(attempts - 1, 20)
    return min(_FIRST * doublings, _LONGEST)
