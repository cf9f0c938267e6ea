"""The filters of the list as they stand in the address, and the links that switch them."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from medkarta.facilities.rows import Filters

MAX_TEXT = 200
AUDIENCES = ("children", "adults")
Chip = tuple[str, str, bool]


def read_filters(params: Mapping[str, str], *, towns: Iterable[str]) -> Filters:
    """Read `?q=&for=&town=&open=1&rating=1`; whatever is not known there narrows nothing."""
    audience, town = params.get("for", ""), params.get("town", "")
    return Filters(
        text=params.get("q", "")[:MAX_TEXT].strip(),
        audience=audience if audience in AUDIENCES else "",
        town=town if town in towns else "",
        is_open=params.get("open") == "1",
        is_rated_high=params.get("rating") == "1",
    )


def chips(params: Mapping[str, str], *, path: str) -> list[Chip]:
    """Return the switches above the list as (text, address, is on); each keeps the rest of the address."""
    switches = (
        (_("Открыто сейчас"), "open", "1"),
        (_("Для детей"), "for", "children"),
        (_("Для взрослых"), "for", "adults"),
        (_("Рейтинг от 4,5"), "rating", "1"),
    )
    return [(text, _switched(params, path, name, value), params.get(name) == value) for text, name, value in switches]


def _switched(params: Mapping[str, str], path: str, name: str, value: str) -> str:
    kept = [(key, params[key]) for key in params if key not in (name, "page") and params[key]]
    if params.get(name) != value:
        kept.append((name, value))
    return f"{path}?{urlencode(kept)}" if kept else path
