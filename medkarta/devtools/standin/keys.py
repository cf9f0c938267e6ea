"""Keys of the demo: the portal's own pair, the stand-in's token keys, and the folder of certificates to trust."""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from medkarta.devtools.standin.persons import seed_persons
from medkarta.integrations.signature.port import (
    KeyPair,
    Kind,
    Signer,
    available,
    load_certificate,
    make_key_pair,
    preferred_kind,
    signer_from,
)


@dataclass(frozen=True)
class StandinFiles:
    """What the portal needs to talk to the stand-in of this data folder.

    `client`: the portal's key pair; `trusted`: folder of the stand-in's certificates; `tokens`: its own pairs by
    kind; `oidc_secret`: the client secret of the plain OpenID Connect provider at `/oidc/`.
    """

    data_dir: Path
    client: KeyPair
    trusted: Path
    tokens: Mapping[Kind, KeyPair]
    oidc_secret: str = field(repr=False)


def prepare(data_dir: Path, kind: Kind | None = None) -> StandinFiles:
    """Make whatever is absent of the persons and keys and return where they are. Twice changes nothing.

    `kind` of the portal's key: GOST where the engine works, else RSA.
    """
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    seed_persons(data_dir)
    keys, trusted = data_dir / "keys", data_dir / "trusted"
    keys.mkdir(exist_ok=True, mode=0o700)
    trusted.mkdir(exist_ok=True)
    client_kind = kind or preferred_kind()
    kinds: tuple[Kind, ...] = ("rsa", "gost")
    tokens = {one: key_pair(keys, one, f"standin-{one}") for one in kinds if available(one)}
    for one, pair in tokens.items():
        copy, der = trusted / f"{one.upper()}_STANDIN.cer", load_certificate(pair.certificate)
        if not copy.exists() or copy.read_bytes() != der:
            copy.write_bytes(der)
    return StandinFiles(
        data_dir, key_pair(keys, client_kind, f"client-{client_kind}"), trusted, tokens, _secret(keys / "oidc-secret")
    )


def signer_of(pair: KeyPair) -> Signer:
    """Return the signer of a pair. Raises SignatureUnavailable."""
    return signer_from({"key": str(pair.key), "certificate": str(pair.certificate)})


def make_jwt(signer: Signer, claims: Mapping[str, Any], *, header: Mapping[str, Any] | None = None) -> str:
    """Return a signed compact token; `header` adds to or replaces `ver`, `typ`, `alg`."""
    head = {"ver": 1, "typ": "JWT", "alg": signer.alg, **(header or {})}
    signed = f"{segment(head)}.{segment(claims)}"
    return f"{signed}.{base64url(signer.sign(signed.encode('ascii')))}"


def segment(value: Mapping[str, Any]) -> str:
    return base64url(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def key_pair(folder: Path, kind: Kind, name: str) -> KeyPair:
    """Return the pair of that name, made at the first call."""
    pair = KeyPair(kind, folder / f"{name}.key.pem", folder / f"{name}.crt.pem")
    if pair.key.exists() and pair.certificate.exists():
        return pair
    return make_key_pair(folder, kind, name=name)


def _secret(path: Path) -> str:
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(32), encoding="ascii")
    return path.read_text(encoding="ascii")
