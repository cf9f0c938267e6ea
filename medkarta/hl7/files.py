"""Files, folders and archives as a sequence of readable sources; the kind is told by content.

Nothing is unpacked to disk. An archive is bounded in members, size and ratio; an archive inside an archive,
an encrypted member and a link out of the folder are refused with a reason.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, Literal

import orjson
from django.utils.translation import gettext_lazy as _

from medkarta.hl7.beside import Opener, pairs
from medkarta.hl7.issues import Issue, Text, Unreadable, fatal
from medkarta.hl7.limits import LIMITS, Limits

Kind = Literal["json", "ndjson", "xml", "cda", "refused"]

BOM = b"\xef\xbb\xbf"
DAMAGED = (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, EOFError)
"""What reading a damaged file or member raises, also in the middle of it."""

_HEAD = 1024 * 1024
_HEAD_OF_CDA = 16 * 1024
"""Where the root of a CDA document stands, after what its publisher says of it in comments."""
_NDJSON_SUFFIXES = (".ndjson", ".jsonl")
_DATA_SUFFIXES = (".json", ".xml", ".zip", *_NDJSON_SUFFIXES)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_ZIP = b"PK\x03\x04"
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]")
_SKIPPED = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file to read. `name` is for people (`exports.zip/patients.ndjson`); `open` starts after a BOM, but of CDA.

    A refused file has the kind "refused" and says why in `issues`; a warning (a BOM) does not refuse. `beside`: the
    signatures that lie beside it.
    """

    name: str
    kind: Kind
    size: int
    open: Callable[[], BinaryIO] = field(repr=False)
    issues: tuple[Issue, ...] = ()
    beside: tuple[Opener, ...] = field(default=(), repr=False)


def open_files(paths: Iterable[Path], limits: Limits = LIMITS) -> Iterator[SourceFile]:
    """Yield every readable file below the paths, folders in the order of names."""
    for path in paths:
        if path.is_dir():
            yield from _folder(path, limits)
        elif path.is_file():
            yield from _file(path, path.name, limits)
        else:
            yield _refused(path.name, "not-found", _("Такого файла нет"))


def source_of(name: str, data: bytes) -> SourceFile:
    """Return a source of bytes that are already in memory, such as the body of a request."""
    return _recognised(name, len(data), lambda: io.BytesIO(data))


def _shown(name: str) -> str:
    """Return a name that is safe to print: names of files may hold anything, line breaks and broken bytes too."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", name)


def _folder(root: Path, limits: Limits) -> Iterator[SourceFile]:
    real = root.resolve()
    paths = [path for path in sorted(root.rglob("*")) if path.is_file()]
    beside = pairs(map(str, paths))
    paired = {name for names in beside.values() for name in names}
    for path in paths:
        inside = path.relative_to(root)
        if _is_skipped(inside.parts) or str(path) in paired:
            continue
        name = str(Path(root.name) / inside)
        if path.resolve().is_relative_to(real):
            found = [Path(one) for one in beside.get(str(path), ())]
            signatures = tuple(_opener(one) for one in found if one.resolve().is_relative_to(real))
            for file in _file(path, name, limits):
                yield replace(_passed_over(file), beside=signatures)
        else:
            yield _refused(name, "security", _("Ссылка ведёт за пределы папки"))


def _passed_over(file: SourceFile) -> SourceFile:
    """Beside the data in a folder there may be a README: what is neither named nor written like data is only noted."""
    if not any(issue.code == "not-supported" for issue in file.issues) or file.name.lower().endswith(_DATA_SUFFIXES):
        return file
    return replace(file, issues=tuple(replace(issue, severity="warning") for issue in file.issues))


def _is_skipped(parts: Iterable[str]) -> bool:
    return any((part.startswith(".") and part != "..") or part in _SKIPPED for part in parts)


def _file(path: Path, name: str, limits: Limits) -> Iterator[SourceFile]:
    try:
        with path.open("rb") as file:
            is_zip = file.read(len(_ZIP)) == _ZIP
        plain = None if is_zip else _recognised(name, path.stat().st_size, lambda: path.open("rb"))
    except OSError:
        plain = _refused(name, "security", _("Файл не удалось открыть: проверьте права на чтение"))
    if plain is not None:
        yield plain
    else:
        yield from _archive(path, name, limits)


def _archive(path: Path, name: str, limits: Limits) -> Iterator[SourceFile]:
    try:
        archive = zipfile.ZipFile(path)  # stays open while a source of it is in use
    except (zipfile.BadZipFile, NotImplementedError, OSError):
        yield _refused(name, "structure", _("Архив повреждён и не читается"))
        return
    members = [each for each in archive.infolist() if not each.is_dir()]
    if len(members) > limits.max_zip_members:
        yield _refused(name, "too-costly", _("В архиве слишком много файлов"))
    elif sum(each.file_size for each in members) > limits.max_zip_bytes:
        yield _refused(name, "too-costly", _("Архив слишком велик в распакованном виде"))
    else:
        yield from _members(archive, members, name, limits)


def _members(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], name: str, limits: Limits
) -> Iterator[SourceFile]:
    beside = pairs(each.filename for each in members if not each.flag_bits & 1)
    paired = {signature for signatures in beside.values() for signature in signatures}
    for member in sorted(members, key=lambda each: each.filename):
        if _is_skipped(Path(member.filename).parts) or member.filename in paired:
            continue
        signatures = tuple(_inner_opener(archive, one) for one in beside.get(member.filename, ()))
        file = _passed_over(_member(archive, member, f"{name}/{member.filename}", limits))
        yield replace(file, beside=signatures)


def _opener(path: Path) -> Opener:
    return lambda: path.open("rb")


def _inner_opener(archive: zipfile.ZipFile, name: str) -> Opener:
    return lambda: archive.open(name)  # type: ignore[return-value]


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, limits: Limits) -> SourceFile:
    path = Path(member.filename)
    if path.is_absolute() or ".." in path.parts:
        return _refused(name, "security", _("Имя файла в архиве ведёт за его пределы"))
    if member.flag_bits & 1:
        return _refused(name, "security", _("Файл в архиве зашифрован паролем"))
    ratio = member.file_size / max(member.compress_size, 1)
    if member.file_size > limits.zip_ratio_from and ratio > limits.max_zip_ratio:
        return _refused(name, "too-costly", _("Файл в архиве сжат подозрительно сильно"))
    try:
        with archive.open(member) as file:
            if file.read(len(_ZIP)) == _ZIP:
                return _refused(name, "not-supported", _("Архив внутри архива не читается: распакуйте его"))
        return _recognised(name, member.file_size, lambda: archive.open(member))  # type: ignore[arg-type,return-value]
    except DAMAGED:
        return _refused(name, "structure", _("Файл в архиве повреждён и не читается"))


def _recognised(name: str, size: int, opener: Callable[[], BinaryIO]) -> SourceFile:
    with opener() as file:
        head = file.read(_HEAD)
    issues: tuple[Issue, ...] = ()
    is_marked = head.startswith(BOM)
    if is_marked:
        head = head[len(BOM) :]
        issues = (Issue("warning", "structure", "", _("Файл начинается с метки BOM; она пропущена")),)
    try:
        kind = _kind(head, name)
    except Unreadable as found:
        return SourceFile(_shown(name), "refused", size, opener, found.issues)
    if is_marked and kind != "cda":  # a document goes out byte for byte as it came
        opener = _after_bom(opener)
    return SourceFile(_shown(name), kind, size, opener, issues)


def _after_bom(opener: Callable[[], BinaryIO]) -> Callable[[], BinaryIO]:
    def opened() -> BinaryIO:
        file = opener()
        file.read(len(BOM))
        return file

    return opened


def _kind(head: bytes, name: str) -> Kind:
    text = head.lstrip()
    if not text:
        raise Unreadable(fatal("structure", "", _("Файл пуст")))
    if text.startswith(_UTF16):
        if _is_cda(text[:_HEAD_OF_CDA].decode("utf-16", "ignore").encode()):
            return "cda"
        raise Unreadable(fatal("invalid", "", _("Файл в кодировке UTF-16: сохраните его в UTF-8")))
    if text.startswith(b"<"):
        return "cda" if _is_cda(text[:_HEAD_OF_CDA]) else "xml"
    if text[:1] in b"{[" or name.lower().endswith((".json", *_NDJSON_SUFFIXES)):
        return "ndjson" if _is_ndjson(text, name) else "json"
    raise Unreadable(fatal("not-supported", "", _("Это не FHIR и не CDA: файл должен быть JSON, NDJSON или XML")))


def _is_cda(head: bytes) -> bool:
    return b"ClinicalDocument" in head and b"urn:hl7-org:v3" in head


def _is_ndjson(text: bytes, name: str) -> bool:
    line, newline, rest = text.partition(b"\n")
    if not newline:
        return name.lower().endswith(_NDJSON_SUFFIXES)
    try:
        whole = isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return name.lower().endswith(_NDJSON_SUFFIXES)
    return whole and (rest.lstrip()[:1] == b"{" or name.lower().endswith(_NDJSON_SUFFIXES))


def _refused(name: str, code: str, text: Text) -> SourceFile:
    return SourceFile(_shown(name), "refused", 0, io.BytesIO, (fatal(code, "", text),))
