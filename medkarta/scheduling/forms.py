"""What the address of the list asks for. Whatever is wrong in it becomes the default."""

from collections.abc import Mapping

from medkarta.scheduling.addresses import read_day
from medkarta.scheduling.columns import KINDS
from medkarta.scheduling.queries import AHEAD, ALL, PAST, Filters


def read_filters(params: Mapping[str, str]) -> Filters:
    """Return the filters of `?kind=&state=&from=&to=` (days as `2026-11-26`); `on` is one day for both."""
    kind, state = params.get("kind", ""), params.get("state", "")
    return Filters(
        kind=kind if kind in KINDS else "",
        state=state if state in (AHEAD, PAST) else ALL,
        first=read_day(params.get("on", "") or params.get("from", "")),
        last=read_day(params.get("on", "") or params.get("to", "")),
    )
