"""ESIA's endpoints: v2/ac (authorization), v3/te (token), logout."""

import base64
from typing import Any

from medkarta.devtools.standin import login, pages
from medkarta.devtools.standin.checks import SIGNED, Refusal, check_parameters, check_pkce, check_signed_request
from medkarta.devtools.standin.codes import MESSAGES, error_fields
from medkarta.devtools.standin.faults import spoiled_answer
from medkarta.devtools.standin.flaws import flawed_jwt
from medkarta.devtools.standin.persons import Person
from medkarta.devtools.standin.web import Request, Response, json_answer
from medkarta.devtools.standin.world import TOKEN_LIFETIME, Grant, Login, World

CONFIRMED_ONLY = base64.b64encode(b"conf_acc").decode("ascii")
ID_TOKEN_SECONDS = 3 * 3600


def authorize(world: World, request: Request) -> Response:
    """GET /aas/oauth2/v2/ac. Errors go back to the registered domain; without one they are shown here."""
    given = request.query
    if not world.allows_redirect(given.get("redirect_uri", "")):
        return pages.error_page("ESIA-007023", MESSAGES["ESIA-007023"])
    attempt = _login_of(given)
    try:
        _take_fault(world, "ac", given.get("error", ""))
        check_parameters(given, request.repeated, (*SIGNED, "response_type", "access_type"))
        check_signed_request(world, given)
        if given["response_type"] != "code":
            raise Refusal("ESIA-007012")
        if "openid" not in attempt.scopes:
            raise Refusal("ESIA-007006")
        if given.get("code_challenge") and given.get("code_challenge_method") != "S256":
            raise Refusal("ESIA-007039")
    except Refusal as no:
        return login.refuse(attempt, no.code, no.detail)
    except _Spoiled as spoiled:
        return spoiled.answer
    return login.begin(world, request, attempt)


def token(world: World, request: Request) -> Response:
    """POST /aas/oauth2/v3/te: a code for signed tokens."""
    given = request.form
    try:
        flaw = _take_fault(world, "te", "")
        check_parameters(given, request.repeated, (*SIGNED, "code", "grant_type"))
        if given["grant_type"] != "authorization_code":
            raise Refusal("ESIA-007009")
        check_signed_request(world, given, code=given["code"])
        grant = _grant_of(world, given["code"], given)
    except Refusal as no:
        return json_answer(error_fields(no.code, no.detail) | {"state": given.get("state", "")}, 400)
    except _Spoiled as spoiled:
        return spoiled.answer
    person = world.register.get(grant.oid)
    if person is None:
        return json_answer(error_fields("ESIA-007011"), 400)
    return json_answer(_token_body(world, grant, person, given["state"], flaw))


def end_session(world: World, request: Request) -> Response:
    """GET /idp/ext/Logout?client_id=…&redirect_url=…"""
    known = request.query.get("client_id") == world.options.client_id
    return login.logout(world, request, return_to=request.query.get("redirect_url", ""), known_client=known)


class _Spoiled(Exception):
    def __init__(self, answer: Response) -> None:
        super().__init__("spoiled")
        self.answer = answer


def _take_fault(world: World, endpoint: str, error: str) -> str:
    """Act on an ordered fault; return the flaw that the token shall have, or "". Raises Refusal, _Spoiled."""
    if error in MESSAGES:
        raise Refusal(error)
    fault = world.faults.take(endpoint)
    if fault is None:
        return ""
    if fault.kind == "error":
        raise Refusal(fault.value)
    if (answer := spoiled_answer(fault)) is not None:
        raise _Spoiled(answer)
    return fault.value if fault.kind == "flaw" else ""


def _login_of(given: Any) -> Login:
    return Login(
        protocol="esia",
        redirect_uri=given["redirect_uri"],
        state=given.get("state", ""),
        scopes=tuple(given.get("scope", "").split(" ")),
        challenge=given.get("code_challenge", ""),
        only_confirmed=given.get("person_filter") == CONFIRMED_ONLY,
    )


def _grant_of(world: World, code: str, given: Any) -> Grant:
    grant = world.codes.take(code)
    if grant is None or grant.login.protocol != "esia" or grant.login.redirect_uri != given["redirect_uri"]:
        raise Refusal("ESIA-007011")
    if grant.login.scopes != tuple(given["scope"].split(" ")):
        raise Refusal("ESIA-007006")
    check_pkce(grant.login.challenge, given.get("code_verifier", ""))
    return grant


def _token_body(world: World, grant: Grant, person: Person, state: str, flaw: str) -> dict[str, Any]:
    now = int(world.now().timestamp())
    marked = " ".join(f"{scope}?oid={person.oid}" if scope != "openid" else scope for scope in grant.login.scopes)
    shared = {"iss": world.issuer, "iat": now, "nbf": now, "urn:esia:sid": grant.session}
    access = {
        **shared,
        "exp": now + int(TOKEN_LIFETIME.total_seconds()),
        "client_id": world.options.client_id,
        "scope": marked,
        "urn:esia:sbj_id": int(person.oid),
    }
    subject: dict[str, Any] = {
        "urn:esia:sbj:typ": "P",
        "urn:esia:sbj:oid": int(person.oid),
        "urn:esia:sbj:nam": f"OID.{person.oid}",
    }
    if person.trusted:
        subject["urn:esia:sbj:is_tru"] = True
    identity = {
        **shared,
        "exp": now + ID_TOKEN_SECONDS,
        "aud": world.options.client_id,
        "sub": int(person.oid),
        "auth_time": int(grant.at.timestamp()),
        "amr": "PWD",
        "urn:esia:sbj": subject,
    }
    access_token = flawed_jwt(world, world.signer, access, {"sbt": "access"}, flaw)
    world.tokens.put(grant, access_token)
    body = {
        "access_token": access_token,
        "id_token": flawed_jwt(world, world.signer, identity, {"sbt": "id"}, flaw),
        "token_type": "mac" if flaw == "token-type" else "Bearer",
        "expires_in": int(TOKEN_LIFETIME.total_seconds()),
        "state": "00000000-0000-4000-8000-000000000000" if flaw == "state" else state,
    }
    if flaw == "no-id-token":
        del body["id_token"]
    return body
