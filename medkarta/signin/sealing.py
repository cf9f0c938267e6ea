"""Provider's tokens between the login and the first consent, readable only with the browser's own secret.

The database alone can't open them: the key is derived from the session token, of which the table keeps a hash.
"""

import base64

import orjson
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from medkarta.integrations.esia.port import Tokens

LIFETIME_SECONDS = 3600


def seal(tokens: Tokens, *, session_token: str) -> str:
    """Return the tokens as text that only this session token opens."""
    fields = {
        "access": tokens.access,
        "id_claims": dict(tokens.id_claims),
        "oid": tokens.oid,
        "trusted": tokens.trusted,
        "session_id": tokens.session_id,
        "id_token": tokens.id_token,
    }
    return _box(session_token).encrypt(orjson.dumps(fields)).decode()


def unseal(text: str, *, session_token: str) -> Tokens | None:
    """Return what was sealed; None where it is gone, too old or not this session's."""
    try:
        return Tokens(**orjson.loads(_box(session_token).decrypt(text.encode(), ttl=LIFETIME_SECONDS)))
    except (InvalidToken, TypeError, ValueError):
        return None


def _box(session_token: str) -> Fernet:
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=b"medkarta sealed tokens").derive(session_token.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
