"""Claims of a provider -> the same profile that ESIA gives."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from medkarta.integrations.esia.port import (
    BoundedClient,
    EsiaAddress,
    EsiaChild,
    EsiaContact,
    EsiaDocument,
    EsiaPerson,
    EsiaRefused,
    EsiaUnavailable,
    EsiaUntrusted,
    Gender,
    Profile,
    Section,
    Tokens,
    snils_of,
    text_of,
)
from medkarta.integrations.oidc.values import CLAIMS, OidcConfig, Provider

MAX_CHILDREN = 25
POLICY_DIGITS = 16
_GENDERS: dict[str, Gender] = {"male": "male", "female": "female"}


def read_profile(config: OidcConfig, provider: Provider, http: BoundedClient, tokens: Tokens) -> Profile:
    """Return the person of the identity token, completed from userinfo where the provider has it.

    СНИЛС, policy and children only from a provider that is trusted for them.
    Raises EsiaUnavailable, EsiaUntrusted (userinfo of somebody else), EsiaRefused (HTTP-401, names not shared).
    """
    claims = {**tokens.id_claims, **_userinfo(provider, http, tokens)}
    return profile_of(config, claims, subject=tokens.oid, confirmed=tokens.trusted)


def profile_of(config: OidcConfig, claims: Mapping[str, Any], *, subject: str, confirmed: bool) -> Profile:
    """Return the profile of checked claims. Raises EsiaRefused (HTTP-403) when the names are not shared."""
    fields = {name: claims.get(config.claims.get(name, name)) for name in CLAIMS}
    told = _identity(config, fields)
    if not told["family_name"] or not told["given_name"]:
        raise EsiaRefused("HTTP-403")
    return Profile(
        person=EsiaPerson(oid=subject, trusted=confirmed, **told),
        contacts=_contacts(fields),
        addresses=_addresses(fields),
        documents=_documents(config, fields, verified=confirmed),
        children=_children(config, fields, verified=confirmed),
        missing=_missing(config, fields),
    )


def _userinfo(provider: Provider, http: BoundedClient, tokens: Tokens) -> Mapping[str, Any]:
    if not provider.userinfo_endpoint:
        return {}
    answer = http.get_json(provider.userinfo_endpoint, headers={"Authorization": f"Bearer {tokens.access}"})
    if answer.status in (401, 403):
        raise EsiaRefused(f"HTTP-{answer.status}")
    if answer.status != 200 or not isinstance(answer.body, dict):
        raise EsiaUnavailable(f"userinfo ended with status {answer.status}")
    if answer.body.get("sub") != tokens.oid:
        raise EsiaUntrusted("userinfo is of another person")
    return {name: value for name, value in answer.body.items() if name not in {"iss", "aud", "exp", "iat"}}


def _identity(config: OidcConfig, fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "family_name": text_of(fields, "family_name"),
        "given_name": text_of(fields, "given_name"),
        "middle_name": text_of(fields, "middle_name"),
        "birth_date": _date(text_of(fields, "birth_date")),
        "gender": _GENDERS.get(text_of(fields, "gender").lower(), ""),
        "snils": snils_of(text_of(fields, "snils")) if config.trusted_for_snils else "",
    }


def _contacts(fields: Mapping[str, Any]) -> tuple[EsiaContact, ...]:
    found = []
    if email := text_of(fields, "email"):
        found.append(EsiaContact("EML", email, fields.get("email_verified") is True))
    if phone := text_of(fields, "phone"):
        found.append(EsiaContact("MBT", phone))
    return tuple(found)


def _addresses(fields: Mapping[str, Any]) -> tuple[EsiaAddress, ...]:
    address = fields.get("address")
    if not isinstance(address, Mapping) or not (line := text_of(address, "formatted")):
        return ()
    city, region = text_of(address, "locality"), text_of(address, "region")
    return (EsiaAddress("PLV", line, text_of(address, "postal_code"), region, city),)


def _missing(config: OidcConfig, fields: Mapping[str, Any]) -> tuple[Section, ...]:
    """Name what this provider may not or does not tell: a claim that is absent says nothing."""
    sections: tuple[tuple[Section, str], ...] = (("documents", "policy"), ("children", "children"))
    return tuple(name for name, field in sections if not config.trusted_for_snils or fields[field] is None)


def _documents(config: OidcConfig, fields: Mapping[str, Any], *, verified: bool) -> tuple[EsiaDocument, ...]:
    number = text_of(fields, "policy")
    is_policy = number.isascii() and number.isdigit() and len(number) == POLICY_DIGITS
    if not config.trusted_for_snils or not is_policy:
        return ()
    return (EsiaDocument("MDCL_PLCY", number=number, united_number=number, verified=verified),)


def _children(config: OidcConfig, fields: Mapping[str, Any], *, verified: bool) -> tuple[EsiaChild, ...]:
    rows = fields.get("children")
    if not config.trusted_for_snils or not isinstance(rows, list):
        return ()
    found: dict[str, EsiaChild] = {}
    for row in rows[:MAX_CHILDREN]:
        if not isinstance(row, Mapping) or not (number := text_of(row, "sub")):
            continue
        told = {name: row.get(config.claims.get(name, name)) for name in CLAIMS}
        child = EsiaChild(number, documents=_documents(config, told, verified=verified), **_identity(config, told))
        found.setdefault(child.snils or number, child)
    return tuple(found.values())


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
