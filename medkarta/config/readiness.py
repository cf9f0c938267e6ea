"""What `/readyz` waits for. Others may add a check, as `devtools` does for the demo."""

from collections.abc import Callable

Check = Callable[[], str | None]
_checks: list[Check] = []


def register(check: Check) -> None:
    """Add a check: it returns None when ready, else what is missing, in a word or two."""
    _checks.append(check)


def missing() -> list[str]:
    return [found for check in _checks if (found := check())]
