"""A plain OpenID Connect provider at /oidc/ with the same persons, found by discovery."""

import base64
import binascii
from collections.abc import Callable, Mapping
from hmac import compare_digest
from typing import Any
from urllib.parse import unquote

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_der_x509_certificate
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from medkarta.devtools.standin import login, pages
from medkarta.devtools.standin.checks import Refusal, check_pkce
from medkarta.devtools.standin.faults import spoiled_answer
from medkarta.devtools.standin.flaws import flawed_jwt
from medkarta.devtools.standin.persons import Person
from medkarta.devtools.standin.web import Request, Response, json_answer, redirect
from medkarta.devtools.standin.world import TOKEN_LIFETIME, Grant, Login, World

SCOPES = ("openid", "profile", "email", "phone", "address")
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def discovery(world: World, _: Request) -> Response:
    """GET /oidc/.well-known/openid-configuration"""
    fault = world.faults.take("oidc/discovery")
    if fault is not None and (spoiled := spoiled_answer(fault)) is not None:
        return spoiled
    base = world.oidc_issuer
    issuer = "https://other.example.org" if fault is not None and fault.value == "issuer" else base
    return json_answer(
        {
            "issuer": issuer,
            "authorization_endpoint": f"{base}/authorize",
            "token_endpoint": f"{base}/token",
            "jwks_uri": f"{base}/jwks",
            "userinfo_endpoint": f"{base}/userinfo",
            "end_session_endpoint": f"{base}/logout",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": list(SCOPES),
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt"],
            "code_challenge_methods_supported": ["S256"],
        }
    )


def jwks(world: World, _: Request) -> Response:
    """GET /oidc/jwks"""
    fault = world.faults.take("oidc/jwks")
    if fault is not None and (spoiled := spoiled_answer(fault)) is not None:
        return spoiled
    key = _public_key(world.rsa_signer.certificate_der())
    return json_answer({"keys": [{**key.as_dict(private=False), "use": "sig", "alg": "RS256", "kid": _kid(world)}]})


def authorize(world: World, request: Request) -> Response:
    """GET /oidc/authorize"""
    given = request.query
    if given.get("client_id") != world.options.oidc_client_id or not world.allows_redirect(
        given.get("redirect_uri", "")
    ):
        return pages.message_page("Вход невозможен", "Система или её адрес не зарегистрированы.", status=400)
    fault = world.faults.take("oidc/authorize")
    if fault is not None and (spoiled := spoiled_answer(fault)) is not None:
        return spoiled
    if error := fault.value if fault is not None and fault.kind == "error" else _authorize_error(request):
        return redirect(given["redirect_uri"], {"error": error, "state": given.get("state", "")})
    attempt = Login(
        protocol="oidc",
        redirect_uri=given["redirect_uri"],
        state=given.get("state", ""),
        scopes=tuple(given["scope"].split()),
        challenge=given["code_challenge"],
        nonce=given.get("nonce", ""),
    )
    return login.begin(world, request, attempt)


def token(world: World, request: Request) -> Response:
    """POST /oidc/token"""
    fault = world.faults.take("oidc/token")
    if fault is not None and (spoiled := spoiled_answer(fault)) is not None:
        return spoiled
    if fault is not None and fault.kind == "error":
        return json_answer({"error": fault.value}, 400)
    if not _is_client(world, request):
        return json_answer({"error": "invalid_client"}, 401)
    grant = world.codes.take(request.form.get("code", ""))
    try:
        if request.form.get("grant_type") != "authorization_code":
            return json_answer({"error": "unsupported_grant_type"}, 400)
        if grant is None or grant.login.protocol != "oidc":
            raise Refusal("ESIA-007011")
        if grant.login.redirect_uri != request.form.get("redirect_uri"):
            raise Refusal("ESIA-007011")
        check_pkce(grant.login.challenge, request.form.get("code_verifier", ""))
    except Refusal:
        return json_answer({"error": "invalid_grant"}, 400)
    flaw = fault.value if fault is not None and fault.kind == "flaw" else ""
    access = world.tokens.put(grant)
    return json_answer(
        {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": int(TOKEN_LIFETIME.total_seconds()),
            "id_token": flawed_jwt(world, world.rsa_signer, _id_claims(world, grant), {"kid": _kid(world)}, flaw),
        }
    )


def userinfo(world: World, request: Request) -> Response:
    """GET /oidc/userinfo"""
    fault = world.faults.take("oidc/userinfo")
    if fault is not None and (spoiled := spoiled_answer(fault)) is not None:
        return spoiled
    grant = world.tokens.get(request.authorization.removeprefix("Bearer ").strip())
    person = world.register.get(grant.oid) if grant is not None else None
    if grant is None or grant.login.protocol != "oidc" or person is None:
        return json_answer({"error": "invalid_token"}, 401)
    subject = "0" if fault is not None and fault.value == "other-person" else person.oid
    return json_answer({**_person_claims(world, person, grant.login.scopes), "sub": subject})


def end_session(world: World, request: Request) -> Response:
    """GET /oidc/logout"""
    known = request.query.get("client_id") == world.options.oidc_client_id
    back = request.query.get("post_logout_redirect_uri", "")
    return login.logout(world, request, return_to=back, known_client=known)


ROUTES: dict[tuple[str, str], Callable[[World, Request], Response]] = {
    ("GET", "/oidc/.well-known/openid-configuration"): discovery,
    ("GET", "/oidc/jwks"): jwks,
    ("GET", "/oidc/authorize"): authorize,
    ("POST", "/oidc/token"): token,
    ("GET", "/oidc/userinfo"): userinfo,
    ("GET", "/oidc/logout"): end_session,
}


def _authorize_error(request: Request) -> str:
    given = request.query
    if request.repeated or not given.get("code_challenge") or given.get("code_challenge_method") != "S256":
        return "invalid_request"
    if given.get("response_type") != "code":
        return "unsupported_response_type"
    return "" if "openid" in given.get("scope", "").split() else "invalid_scope"


def _is_client(world: World, request: Request) -> bool:
    """Accept client_secret_basic, client_secret_post and private_key_jwt (by the registered RSA certificate)."""
    if "client_assertion" in request.form:
        return _is_assertion(world, request.form)
    given = (request.form.get("client_id", ""), request.form.get("client_secret", ""))
    if request.authorization.startswith("Basic "):
        try:
            text = base64.b64decode(request.authorization.removeprefix("Basic "), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return False
        name, _, secret = text.partition(":")
        given = (unquote(name), unquote(secret))
    wanted = (world.options.oidc_client_id, world.files.oidc_secret)
    return all(compare_digest(one.encode(), other.encode()) for one, other in zip(given, wanted, strict=True))


def _is_assertion(world: World, form: Mapping[str, str]) -> bool:
    if form.get("client_assertion_type") != ASSERTION_TYPE:
        return False
    try:
        claims = jwt.decode(form["client_assertion"], _public_key(world.client_der), algorithms=["RS256"]).claims
    except (JoseError, ValueError):
        return False
    now = int(world.now().timestamp())
    known = claims.get("iss") == claims.get("sub") == world.options.oidc_client_id
    return known and claims.get("aud") == f"{world.oidc_issuer}/token" and now <= int(claims.get("exp", 0)) <= now + 600


def _public_key(certificate_der: bytes) -> RSAKey:
    """Return the certificate's RSA key. Raises ValueError for a key of another kind."""
    public = load_der_x509_certificate(certificate_der).public_key()
    return RSAKey.import_key(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def _kid(world: World) -> str:
    return world.rsa_signer.certificate_hash()[:16]


def _id_claims(world: World, grant: Grant) -> dict[str, Any]:
    now = int(world.now().timestamp())
    person = world.register.get(grant.oid)
    claims = {
        "iss": world.oidc_issuer,
        "sub": grant.oid,
        "aud": world.options.oidc_client_id,
        "iat": now,
        "exp": now + 600,
        "auth_time": int(grant.at.timestamp()),
        "sid": grant.session,
        "trusted": person is not None and person.trusted,
    }
    return claims | ({"nonce": grant.login.nonce} if grant.login.nonce else {})


def _person_claims(world: World, person: Person, scopes: tuple[str, ...]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if "profile" in scopes:
        told |= _profile_claims(person)
        told["trusted"] = person.trusted
        children = world.register.children_of(person)
        told["children"] = [{"sub": child.oid, **_profile_claims(child)} for child in children]
    if "email" in scopes and person.email:
        told |= {"email": person.email, "email_verified": True}
    if "phone" in scopes and person.mobile:
        told["phone_number"] = person.mobile
    if "address" in scopes and person.address:
        told["address"] = {"formatted": person.address}
    return told


def _profile_claims(person: Person) -> dict[str, Any]:
    told = {
        "family_name": person.family_name,
        "given_name": person.given_name,
        "middle_name": person.middle_name,
        "birthdate": person.born.isoformat(),
        "gender": "female" if person.gender == "F" else "male",
        "snils": person.snils,
    }
    if person.policy and person.policy_shared:
        told["oms_policy"] = person.policy
    return told
