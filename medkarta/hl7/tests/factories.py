"""The smallest valid resources, in the form that hospitals send them."""

from typing import Any

import orjson

from medkarta.hl7.files import source_of
from medkarta.hl7.reading import Unit, read_units

XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'


def patient(**elements: Any) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": "p1",
        "name": [{"family": "Тестова", "given": ["Вера", "Игоревна"]}],
        **elements,
    }


def observation(**elements: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "id": "o1", "status": "final", "code": {"text": "Гемоглобин"}, **elements}


def bundle(type_: str, *entries: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": type_, "entry": list(entries)}


def entry(resource: dict[str, Any], full_url: str = "", method: str = "POST") -> dict[str, Any]:
    found: dict[str, Any] = {"fullUrl": full_url} if full_url else {}
    return found | {"resource": resource, "request": {"method": method, "url": resource["resourceType"]}}


def units_of(content: Any, name: str = "input.json") -> list[Unit]:
    data = content if isinstance(content, bytes) else orjson.dumps(content)
    return list(read_units(source_of(name, data)))
