"""Findings of the schema validator as issues: paths people can follow, sentences without values."""

from collections.abc import Iterator, Sequence
from typing import Any

import jsonschema_rs
from django.utils.translation import gettext_lazy as _

from medkarta.hl7 import narrative, schema
from medkarta.hl7.issues import Issue, Text, error, join, type_of

_MAX_ERRORS = 200
_MAX_CODES = 12
_WRONG_TYPE: dict[str, Text] = {
    "array": _("Здесь должен быть список"),
    "object": _("Здесь должен быть объект"),
    "string": _("Здесь должна быть строка"),
    "number": _("Здесь должно быть число"),
    "integer": _("Здесь должно быть целое число"),
    "boolean": _("Здесь должно быть true или false"),
}
_WRONG_FORM: dict[str, Text] = {
    "date": _("Дата записана не так: нужен вид 2026, 2026-08 или 2026-08-18"),
    "dateTime": _("Время записано не так: нужен вид 2026-08-18 или 2026-08-18T09:30:00+03:00"),
    "instant": _("Время записано не так: нужен вид 2026-08-18T09:30:00+03:00"),
    "time": _("Время суток записано не так: нужен вид 09:30:00"),
    "id": _("Идентификатор может состоять только из латинских букв, цифр, дефиса и точки, до 64 знаков"),
    "code": _("Код не может начинаться или кончаться пробелом или содержать два пробела подряд"),
    "oid": _("OID записан не так: нужен вид urn:oid:1.2.643.100.3"),
    "uuid": _("UUID записан не так: нужен вид urn:uuid: и 36 знаков строчными буквами"),
    "uri": _("В адресе не может быть пробелов"),
    "url": _("В адресе не может быть пробелов"),
    "canonical": _("В адресе не может быть пробелов"),
    "string": _("Строка не может быть пустой"),
    "markdown": _("Строка не может быть пустой"),
}
_SIMPLE: dict[str, tuple[str, Text]] = {
    "minItems": ("structure", _("Пустой список запрещён: уберите элемент")),
    "minProperties": ("structure", _("Пустой объект запрещён: уберите элемент")),
    "minLength": ("value", _("Пустая строка запрещена: уберите элемент")),
    "maxLength": ("too-long", _("Строка длиннее 1 МБ")),
    "minimum": ("value", _("Число меньше допустимого")),
    "maximum": ("value", _("Число больше допустимого")),
}


def structure_issues(validator: schema.Validator, resource: Any) -> list[Issue]:
    """Return the issues of a resource that its validator refuses; at least one."""
    root, found = type_of(resource), dict[str, Issue]()
    for number, each in enumerate(validator.errors(resource)):
        if number == _MAX_ERRORS:
            break
        for issue in _translate(root, each):
            found.setdefault(str(issue), issue)
    return list(found.values()) or [error("structure", root, _("Ресурс не соответствует схеме FHIR R4"))]


def _translate(root: str, each: jsonschema_rs.ValidationError) -> Iterator[Issue]:
    path, where = join(root, each.instance_path[1:]), [str(step) for step in each.schema_path]
    kind: Any = each.kind
    match kind.name:
        case "additionalProperties":
            for name in kind.unexpected:
                yield error("structure", join(path, [name]), _("Неизвестный элемент: в FHIR R4 его здесь нет"))
        case "required":
            yield error("required", join(path, [kind.property]), _("Нет обязательного элемента"))
        case "anyOf":
            yield from _no_alternative(path, where, kind.context)
        case "not":
            stem = _stem_of(where)
            yield error(
                "structure", join(path, [stem]) + "[x]", _("Может быть только одно значение из возможных видов")
            )
        case "format":
            yield from _wrong_content(path, where, each.instance)
        case _:
            yield _wrong_value(path, where, kind)


def _wrong_value(path: str, where: Sequence[str], kind: Any) -> Issue:
    if kind.name == "type":
        return error("structure", path, _WRONG_TYPE.get(kind.types[0], _WRONG_TYPE["object"]))
    if kind.name == "enum":
        codes = [str(code) for code in kind.options]
        if len(codes) > _MAX_CODES:
            return error("code-invalid", path, _("Недопустимый код"))
        return error("code-invalid", path, _("Недопустимый код; возможны: {codes}"), codes=", ".join(codes))
    if kind.name == "pattern":
        return error("value", path, _WRONG_FORM.get(where[-2], _("Значение записано не так, как требует FHIR R4")))
    code, text = _SIMPLE.get(kind.name, ("structure", _("Элемент не соответствует схеме FHIR R4")))
    return error(code, path, text)


def _wrong_content(path: str, where: Sequence[str], value: Any) -> Iterator[Issue]:
    if where[-2] == "xhtml":
        yield from narrative.problems(value, path)
    elif where[-2] == "base64Binary":
        yield error("value", path, _("Содержимое не читается как base64"))
    else:
        yield error("value", path, _("Такого дня в календаре нет"))


def _no_alternative(path: str, where: Sequence[str], context: Sequence[Sequence[Any]]) -> Iterator[Issue]:
    """An `anyOf` is either a required element (spelt `x` or `_x`, or a `value[x]`) or an item that may be null."""
    if "allOf" not in where:
        root = path.partition(".")[0]
        for inner in context[0]:
            yield from _translate(root, inner)
        return
    owner, number = where[where.index("allOf") - 1], int(where[-2])
    primitives = schema.required_primitives(owner)
    if number < len(primitives):
        name = primitives[number]
    else:
        name = [each.stem for each in schema.choices_of(owner) if each.is_required][number - len(primitives)] + "[x]"
    yield error("required", f"{path}.{name}", _("Нет обязательного элемента"))


def _stem_of(where: Sequence[str]) -> str:
    name = where[where.index("dependencies") + 1].lstrip("_")
    owner = where[where.index("dependencies") - 1]
    return next(each.stem for each in schema.choices_of(owner) if name in each.names)
