"""Strict reading of JSON text: nothing is lost silently, and every refusal says where.

**Numbers.** A decimal becomes a `float` where the float prints as the sender wrote it (`1.5`), else a `Decimal`
with the sender's digits (`1.50`, 20 digits). So the representation depends on the text alone, and `canonical.dumps`
writes both back as they came; an exponent keeps its precision, not its spelling.

**Two ways.** orjson reads; if writing the result back gives the very same bytes, then no key was repeated, no
digit dropped and no escape hidden, and the value stands (compact UTF-8, what most systems send). Otherwise the
standard library reads again with every check.
"""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import orjson
from django.utils.translation import gettext_lazy as _

from medkarta.hl7.issues import Issue, Unreadable, fatal, join
from medkarta.hl7.limits import LIMITS, Limits

_STRUCTURE = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_LONGEST_EXPONENT = 3
_INT64_DIGITS = 18

Found = tuple[list[str | int], Any]


class _Repeated(dict[str, Any]):
    """An object of which a key came twice."""

    key = ""


def parse(raw: bytes, limits: Limits = LIMITS) -> Any:
    """Return the value of one JSON document. Raises Unreadable."""
    raw = raw.strip()
    if len(raw) > limits.max_document_bytes:
        raise Unreadable(too_large(limits))
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        _refuse_depth(raw, limits)
        value = _strictly(raw, limits)
    else:
        if raw.count(b"[") + raw.count(b"{") > limits.max_depth and depth_of(value) > limits.max_depth:
            raise Unreadable(_too_deep(limits))
        if orjson.dumps(value) != raw:
            value = _strictly(raw, limits)
    _refuse_hidden_trouble(raw, value, limits)
    return value


def number(text: str, limits: Limits = LIMITS) -> float | Decimal:
    """Return a decimal as this module represents it. Raises Unreadable beyond the limits."""
    exponent = text.lower().partition("e")[2].lstrip("+-0")
    if len(text) > limits.max_number_chars or len(exponent) > _LONGEST_EXPONENT:
        raise Unreadable(
            fatal("value", "", _("Число длиннее {limit} знаков или слишком велико"), limit=limits.max_number_chars)
        )
    value = float(text)
    return value if orjson.dumps(value) == text.encode() else Decimal(text)


def whole_number(text: str, limits: Limits = LIMITS) -> int | Decimal:
    """Return an integer; beyond 64 bits (and for `-0`) it is a Decimal, which has no upper bound. Raises Unreadable."""
    if len(text) <= _INT64_DIGITS:
        return int(text) if text != "-0" else Decimal(text)
    if len(text) > limits.max_number_chars:
        raise Unreadable(
            fatal("value", "", _("Число длиннее {limit} знаков или слишком велико"), limit=limits.max_number_chars)
        )
    return int(text) if -(2**63) <= int(text) < 2**64 else Decimal(text)


def _strictly(raw: bytes, limits: Limits) -> Any:
    try:
        text = raw.decode()
    except UnicodeDecodeError as found:
        place = found.start
        raise Unreadable(fatal("invalid", "", _("Байт {place} не в кодировке UTF-8"), place=place)) from None
    if not text:
        raise Unreadable(fatal("structure", "", _("Документ пуст")))
    if raw.startswith(b"\xef\xbb\xbf"):
        raise Unreadable(fatal("structure", "", _("Метка BOM посреди файла")))
    repeated: list[_Repeated] = []
    try:
        value = json.loads(
            text,
            parse_float=lambda each: number(each, limits),
            parse_int=lambda each: whole_number(each, limits),
            parse_constant=_refuse_constant,
            object_pairs_hook=lambda pairs: _object(pairs, repeated),
        )
    except json.JSONDecodeError as found:
        line, column = found.lineno, found.colno
        text_ = _("Это не JSON: ошибка в строке {line}, знак {column}")
        raise Unreadable(fatal("structure", "", text_, line=line, column=column)) from None
    if repeated or _SURROGATE.search(raw):
        _refuse_lost_content(value)
    return value


def _refuse_lost_content(value: Any) -> None:
    for steps, node in nodes(value):
        if isinstance(node, _Repeated):
            raise Unreadable(fatal("duplicate", join("", [*steps, node.key]), _("Ключ повторяется в одном объекте")))
        if isinstance(node, str) and not _is_unicode(node):
            raise Unreadable(fatal("invalid", join("", steps), _("В строке есть непарный суррогат Юникода")))


def _object(pairs: list[tuple[str, Any]], repeated: list[_Repeated]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    marked, seen = _Repeated(found), set()
    for key, _value in pairs:
        if key in seen:
            marked.key = key
            break
        seen.add(key)
    repeated.append(marked)
    return marked


def _refuse_constant(_text: str) -> None:
    raise Unreadable(fatal("value", "", _("NaN и Infinity в JSON запрещены")))


def _is_unicode(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refuse_depth(raw: bytes, limits: Limits) -> None:
    """Refuse deep nesting by looking at the brackets alone, so that hostile text meets no recursion."""
    if raw.count(b"[") + raw.count(b"{") <= limits.max_depth:
        return
    depth = 0
    for match in _STRUCTURE.finditer(raw):
        first = match.group()[:1]
        if first in b"[{":
            depth += 1
            if depth > limits.max_depth:
                raise Unreadable(_too_deep(limits))
        elif first in b"]}":
            depth -= 1


def _refuse_hidden_trouble(raw: bytes, value: Any, limits: Limits) -> None:
    """Refuse what is valid JSON but cannot be stored. The scans of the bytes spare most documents the walk."""
    if len(raw) <= limits.max_string_bytes and b"\\u0000" not in raw:
        return
    for steps, node in nodes(value):
        if isinstance(node, str):
            if "\0" in node:
                raise Unreadable(fatal("value", join("", steps), _("В строке есть нулевой знак (U+0000)")))
            if len(node) > limits.max_string_bytes or len(node.encode()) > limits.max_string_bytes:
                limit = limits.max_string_bytes // 1024 // 1024
                raise Unreadable(fatal("too-long", join("", steps), _("Строка длиннее {limit} МБ"), limit=limit))


def depth_of(value: Any) -> int:
    """Return how many objects and lists enclose the innermost one, itself included."""
    depth, level = 0, [value] if isinstance(value, dict | list) else []
    while level:
        depth += 1
        level = [
            inner
            for node in level
            for inner in (node.values() if isinstance(node, dict) else node)
            if isinstance(inner, dict | list)
        ]
    return depth


def nodes(value: Any) -> Iterator[Found]:
    """Walk a value without recursion: every object, list, key and plain value with the steps that lead to it."""
    waiting: list[Found] = [([], value)]
    while waiting:
        steps, node = waiting.pop()
        yield steps, node
        if isinstance(node, dict):
            for key, inner in node.items():
                yield [*steps, key], key
                waiting.append(([*steps, key], inner))
        elif isinstance(node, list):
            waiting.extend(([*steps, place], inner) for place, inner in enumerate(node))


def too_large(limits: Limits) -> Issue:
    """Return the refusal of a document beyond `max_document_bytes`."""
    limit = limits.max_document_bytes // 1024 // 1024
    return fatal("too-costly", "", _("Документ больше {limit} МБ: разделите его или пришлите NDJSON"), limit=limit)


def _too_deep(limits: Limits) -> Issue:
    return fatal("too-costly", "", _("Вложенность больше {limit} уровней"), limit=limits.max_depth)


class Cutter:
    """A walk over a JSON text that tells where its parts stand, so that each can be cut out as it came.

    `members` and `items` stop at every part; before they go on the caller has to step over it by `value` (or by
    an inner walk). All raise ValueError for text that is not JSON.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.end = 0
        self._decode = json.JSONDecoder().raw_decode
        self._space = re.compile(r"[ \t\n\r]*")

    def value(self, begin: int) -> Any:
        """Step over the value at `begin` and return it; `end` is then the place behind it."""
        try:
            value, self.end = self._decode(self.text, begin)
        except StopIteration as nothing:
            raise json.JSONDecodeError("value", self.text, nothing.value) from None
        except RecursionError:
            raise Unreadable(_too_deep(LIMITS)) from None
        return value

    def members(self, begin: int) -> Iterator[tuple[str, int]]:
        """Yield the key and the place of the value of every member of the object at `begin`."""
        for place in self._parts(begin, "{", "}"):
            key, colon = self.value(place), self._skip(self.end)
            if not isinstance(key, str) or self.text[colon : colon + 1] != ":":
                raise json.JSONDecodeError("member", self.text, colon)
            yield key, self._skip(colon + 1)

    def items(self, begin: int) -> Iterator[int]:
        """Yield the place of every item of the list at `begin`."""
        return self._parts(begin, "[", "]")

    def finish(self) -> None:
        """Check that nothing follows."""
        if self._skip(self.end) != len(self.text):
            raise json.JSONDecodeError("extra", self.text, self.end)

    def _parts(self, begin: int, opening: str, closing: str) -> Iterator[int]:
        if self.text[begin : begin + 1] != opening:
            raise json.JSONDecodeError("opening", self.text, begin)
        place = self._skip(begin + 1)
        if self.text[place : place + 1] != closing:
            yield place
            place = self._skip(self.end)
            while self.text[place : place + 1] != closing:
                if self.text[place : place + 1] != ",":
                    raise json.JSONDecodeError("comma", self.text, place)
                yield self._skip(place + 1)
                place = self._skip(self.end)
        self.end = place + 1

    def _skip(self, place: int) -> int:
        found = self._space.match(self.text, place)
        return found.end() if found else place
