"""/rs: the person, contacts, addresses, documents and children, each only under its scope."""

from typing import Any

from medkarta.devtools.standin.faults import Fault, spoiled_answer
from medkarta.devtools.standin.persons import Person
from medkarta.devtools.standin.web import Request, Response, json_answer
from medkarta.devtools.standin.world import Grant, World

ISSUED_ON = "15.03.2023"
COLLECTIONS = ("ctts", "addrs", "docs", "kids")


def answer(world: World, request: Request) -> Response:
    """GET /rs/prns/{oid}[/ctts|addrs|docs|kids[/{id}[/docs[/{id}]]]]"""
    grant = world.tokens.get(request.authorization.removeprefix("Bearer ").strip())
    parts = [part for part in request.path.split("/") if part][1:]
    fault = world.faults.take(
        "/".join(["rs", *([parts[-1]] if parts[-1:] and parts[-1] in COLLECTIONS else ["person"])])
    )
    if fault is not None and (spoiled := spoiled_answer(fault)) is not None:
        return spoiled
    if grant is None or grant.login.protocol != "esia":
        return json_answer({"code": "ESIA-005001", "message": "Токен недействителен"}, 401)
    person = world.register.get(grant.oid)
    if parts[:2] != ["prns", grant.oid] or person is None:
        return json_answer({"code": "ESIA-005004", "message": "Нет доступа"}, 403)
    return _Reply(world, request, grant, person, fault).below(parts[2:])


class _Reply:
    def __init__(self, world: World, request: Request, grant: Grant, person: Person, fault: Fault | None) -> None:
        self._world = world
        self._fault = fault
        self._scopes = set(grant.login.scopes)
        self._person = person
        self._url = f"{world.options.base_url}{request.path.rstrip('/')}"
        self._is_embedded = "elements" in request.query.get("embed", "") and world.options.embed

    def below(self, path: list[str]) -> Response:
        if not path:
            return json_answer(_person(self._person, self._scopes))
        name, rest = path[0], path[1:]
        if name == "kids":
            return self._kids(rest)
        readers = {"ctts": _contacts, "addrs": _addresses, "docs": _documents}
        if name not in readers or len(rest) > 1:
            return _not_found()
        return self._collection(readers[name](self._person, self._scopes), rest)

    def _kids(self, rest: list[str]) -> Response:
        if not any(scope.startswith("kid_") for scope in self._scopes):
            return json_answer({"code": "ESIA-005004", "message": "Нет доступа"}, 403)
        children = self._world.register.children_of(self._person)
        if len(rest) < 2:
            return self._collection([self._child(child) for child in children], rest)
        child = next((one for one in children if one.oid == rest[0]), None)
        if child is None or rest[1] != "docs" or len(rest) > 3:
            return _not_found()
        return self._collection(_child_documents(child, self._scopes), rest[2:])

    def _child(self, child: Person) -> dict[str, Any]:
        told = {"id": child.oid, **_identity(child, self._scopes, "kid_")}
        if self._world.options.inline_documents:
            told["documents"] = {"elements": _child_documents(child, self._scopes)}
        return told

    def _collection(self, found: list[dict[str, Any]] | None, rest: list[str]) -> Response:
        """Return the collection, or with one more segment its element of that id. None: not under these scopes."""
        if found is None:
            return json_answer({"code": "ESIA-005004", "message": "Нет доступа"}, 403)
        if rest:
            element = next((one for one in found if str(one["id"]) == rest[0]), None)
            return json_answer(element) if element else _not_found()
        if self._fault is not None and self._fault.kind == "duplicate":
            found = [*found, *({**one, "id": f"{one['id']}9"} for one in found)]
        elements: list[Any] = found if self._is_embedded else [f"{self._url}/{one['id']}" for one in found]
        if self._fault is not None and self._fault.kind == "elements":
            elements = [self._fault.value]
        return json_answer({"stateFacts": ["hasSize"], "size": len(elements), "eTag": "0", "elements": elements})


def _not_found() -> Response:
    return json_answer({"code": "ESIA-005002", "message": "Не найдено"}, 404)


def _identity(person: Person, scopes: set[str], prefix: str = "") -> dict[str, Any]:
    told: dict[str, Any] = {}
    if f"{prefix}fullname" in scopes:
        names = {"lastName": person.family_name, "firstName": person.given_name, "middleName": person.middle_name}
        told |= {name: value for name, value in names.items() if value}
    if f"{prefix}birthdate" in scopes:
        told["birthDate"] = f"{person.born:%d.%m.%Y}"
    if f"{prefix}gender" in scopes:
        told["gender"] = person.gender
    if f"{prefix}snils" in scopes:
        told["snils"] = person.snils
    return told


def _person(person: Person, scopes: set[str]) -> dict[str, Any]:
    return {
        "stateFacts": ["EntityRoot"],
        "eTag": "0",
        **_identity(person, scopes),
        "trusted": person.trusted,
        "citizenship": "RUS",
        "updatedOn": 1_700_000_000,
        "status": "REGISTERED",
        "verifying": False,
    }


def _contacts(person: Person, scopes: set[str]) -> list[dict[str, Any]] | None:
    if not scopes & {"email", "mobile", "contacts"}:
        return None
    kinds = (("EML", "email", person.email, 1), ("MBT", "mobile", person.mobile, 2))
    return [
        {"stateFacts": ["Identifiable"], "id": number, "type": kind, "vrfStu": "VERIFIED", "value": value, "eTag": "0"}
        for kind, scope, value, number in kinds
        if value and scopes & {scope, "contacts"}
    ]


def _addresses(person: Person, scopes: set[str]) -> list[dict[str, Any]] | None:
    if "addresses" not in scopes:
        return None
    if not person.address:
        return []
    line, *details = person.address.split(", д. ")
    house, _, flat = "".join(details).partition(", кв. ")
    shared = {"addressStr": line, "countryId": "RUS", "region": "Московская обл.", "zipCode": "140000", "eTag": "0"}
    told = shared | {name: value for name, value in (("house", house), ("flat", flat)) if value}
    return [
        {"stateFacts": ["Identifiable"], "id": number, "type": kind, **told}
        for number, kind in ((1, "PRG"), (2, "PLV"))
    ]


def _documents(person: Person, scopes: set[str]) -> list[dict[str, Any]] | None:
    if not scopes & {"id_doc", "medical_doc"}:
        return None
    found = []
    if "id_doc" in scopes:
        passport = {
            "series": "4500",
            "number": person.oid[-6:],
            "issueId": "500-001",
            "issuedBy": "ГУ МВД по Московской области",
        }
        found.append(_document(1, "RF_PASSPORT", person, passport))
    if "medical_doc" in scopes:
        found += _policies(person)
    return found


def _child_documents(child: Person, scopes: set[str]) -> list[dict[str, Any]] | None:
    if not scopes & {"kid_birth_cert_doc", "kid_medical_doc"}:
        return None
    found = []
    if "kid_birth_cert_doc" in scopes:
        told = {
            "series": "I-ИК",
            "number": child.oid[-6:],
            "actNo": child.oid[-4:],
            "actDate": f"{child.born:%d.%m.%Y}",
        }
        found.append(_document(1, "RF_BRTH_CERT", child, told))
    if "kid_medical_doc" in scopes:
        found += _policies(child)
    return found


def _policies(person: Person) -> list[dict[str, Any]]:
    if not (person.policy and person.policy_shared):
        return []
    told = {"number": person.policy, "unitedNumber": person.policy, "medicalOrg": "Страховая компания «Пример»"}
    return [_document(2, "MDCL_PLCY", person, told)]


def _document(number: int, kind: str, person: Person, told: dict[str, Any]) -> dict[str, Any]:
    state = "VERIFIED" if person.trusted else "NOT_VERIFIED"
    return {
        "stateFacts": ["EntityRoot"],
        "id": number,
        "type": kind,
        "vrfStu": state,
        "issueDate": ISSUED_ON,
        **told,
        "eTag": "0",
    }
