"""The person's data from /rs. The person is necessary; any other part that fails is named, not fatal."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import SplitResult, quote, urlsplit

from medkarta.integrations.esia import reading
from medkarta.integrations.esia.errors import EsiaRefused, EsiaUnavailable
from medkarta.integrations.esia.http import BoundedClient
from medkarta.integrations.esia.values import EsiaChild, EsiaConfig, EsiaDocument, Profile, Section, Tokens

MAX_ELEMENTS = 60
MAX_CHILDREN = 25
EMBEDDED = "?embed=(elements)"

T = TypeVar("T")


class SectionMissing(Exception):
    """A section of the profile can't be read."""


class NotFound(SectionMissing):
    """ESIA has no such section for this person."""


def read_profile(config: EsiaConfig, http: BoundedClient, tokens: Tokens) -> Profile:
    """Return everything that ESIA shares about the person who signed in.

    Only the person itself is necessary. Any other section that is not granted, down or out of the time budget is
    named in `missing`. A person without children (404) misses nothing; children that are not granted (403) are
    missing, so that nobody takes silence for their absence.
    Raises EsiaUnavailable, EsiaRefused (HTTP-401 the token is dead, HTTP-403 the person is not granted).
    """
    return _Reader(config, http, tokens).profile()


class _Reader:
    def __init__(self, config: EsiaConfig, http: BoundedClient, tokens: Tokens) -> None:
        self._rs = config.rs_base
        self._me = f"{config.rs_base}/prns/{quote(tokens.oid, safe='')}"
        self._http = http
        self._tokens = tokens
        self._headers = {"Authorization": f"Bearer {tokens.access}"}
        self._ends = time.monotonic() + config.profile_budget_seconds
        self._missing: list[Section] = []

    def profile(self) -> Profile:
        try:
            body = self._get(self._me)
        except NotFound as error:
            raise EsiaUnavailable("ESIA does not know the person") from error
        if not isinstance(body, dict):
            raise EsiaUnavailable("the person is not an object")
        if body.get("status") == "DELETED":
            raise EsiaRefused("account-deleted")
        person = reading.person_of(body, oid=self._tokens.oid, trusted=self._tokens.trusted)
        if not person.family_name or not person.given_name:
            raise EsiaRefused("HTTP-403")
        return Profile(
            person=person,
            documents=self._section("documents", lambda: self._list(f"{self._me}/docs", reading.document_of)),
            children=self._section("children", self._children),
            contacts=self._section("contacts", lambda: self._list(f"{self._me}/ctts", reading.contact_of)),
            addresses=self._section("addresses", lambda: self._list(f"{self._me}/addrs", reading.address_of)),
            missing=tuple(dict.fromkeys(self._missing)),
        )

    def _section(self, name: Section, read: Callable[[], Iterable[T]]) -> tuple[T, ...]:
        try:
            return tuple(read())
        except EsiaRefused as refused:
            if refused.code == "HTTP-401":
                raise
        except (EsiaUnavailable, SectionMissing):
            pass
        self._missing.append(name)
        return ()

    def _list(self, url: str, read: Callable[[Mapping[str, Any]], T | None]) -> list[T]:
        found = [read(element) for element in self._elements(url)]
        return list(dict.fromkeys(one for one in found if one is not None))

    def _children(self) -> list[EsiaChild]:
        """Return the children; one that is listed twice is one child with all its documents."""
        try:
            elements = self._elements(f"{self._me}/kids")
        except NotFound:
            return []
        found: list[EsiaChild] = []
        for element in elements[:MAX_CHILDREN]:
            child = reading.child_of(element)
            if child is None or not child.family_name or not child.given_name:
                self._missing.append("children")
                continue
            child = replace(child, documents=tuple(self._child_documents(child.id, element)))
            known = next((one for one in found if _is_same_child(one, child)), None)
            if known is None:
                found.append(child)
            else:
                found[found.index(known)] = _merged(known, child)
        return found

    def _child_documents(self, number: str, element: Mapping[str, Any]) -> Iterable[EsiaDocument]:
        """Inline under `documents`, else at the child's own path."""
        inline = element.get("documents")
        if isinstance(inline, dict):
            inline = inline.get("elements")
        if isinstance(inline, list) and all(isinstance(one, dict) for one in inline):
            return [document for one in inline[:MAX_ELEMENTS] if (document := reading.document_of(one))]
        path = f"{self._me}/kids/{quote(number, safe='')}/docs"
        return self._section("child-documents", lambda: self._list(path, reading.document_of))

    def _elements(self, url: str) -> list[Mapping[str, Any]]:
        """Return the elements of a collection, whether they came embedded or as addresses to follow."""
        body = self._get(url + EMBEDDED)
        elements = body.get("elements", []) if isinstance(body, dict) else None
        if not isinstance(elements, list):
            raise SectionMissing
        found = [one if isinstance(one, dict) else self._follow(one) for one in elements[:MAX_ELEMENTS]]
        return [one for one in found if isinstance(one, dict)]

    def _follow(self, url: Any) -> Any:
        """Follow an element's address, only below the person's own path of the configured base."""
        if not isinstance(url, str) or not self._is_own(url):
            raise SectionMissing
        try:
            return self._get(url)
        except NotFound as error:
            raise SectionMissing from error  # one element is gone, not the section

    def _is_own(self, url: str) -> bool:
        try:
            parts, mine = urlsplit(url), urlsplit(f"{self._me}/")
            same_origin = _origin(parts) == _origin(mine)
        except ValueError:
            return False
        plain = not (parts.query or parts.fragment or parts.username is not None or set("%\\;") & set(parts.path))
        inside = parts.path.startswith(mine.path) and not {".", ".."} & set(parts.path.split("/"))
        return same_origin and plain and inside

    def _get(self, url: str) -> Any:
        """Return the body of a success. A 5xx or silence is tried once more; the time budget counts for both."""
        for attempt in (1, 2):
            if time.monotonic() > self._ends:
                raise EsiaUnavailable("the time budget of the profile is spent")
            try:
                answer = self._http.get_json(url, headers=self._headers)
            except EsiaUnavailable:
                if attempt == 2:
                    raise
                continue
            if answer.status < 500:
                break
        if answer.status >= 500:
            raise EsiaUnavailable(f"status {answer.status}")
        if answer.status == 404:
            raise NotFound
        if answer.status >= 400:
            raise EsiaRefused("HTTP-401" if answer.status == 401 else "HTTP-403")
        return answer.body


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    """Return scheme, host and port with the scheme's usual port spelled out. Raises ValueError on an odd port."""
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)


def _is_same_child(one: EsiaChild, other: EsiaChild) -> bool:
    """Same СНИЛС; where one of them has none, the same names and birth date."""
    if one.snils and other.snils:
        return one.snils == other.snils
    return _names(one) == _names(other) and one.birth_date == other.birth_date


def _names(child: EsiaChild) -> tuple[str, ...]:
    names = (child.family_name, child.given_name, child.middle_name)
    return tuple(name.casefold().replace("ё", "е") for name in names)


def _merged(known: EsiaChild, other: EsiaChild) -> EsiaChild:
    documents = tuple(dict.fromkeys(known.documents + other.documents))
    return replace(known, snils=known.snils or other.snils, gender=known.gender or other.gender, documents=documents)
