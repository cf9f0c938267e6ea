"""Sign-in through ESIA for the rest of the product.

    request = authorization_request(config, signer, new_state(), now)   # send the browser to request.url
    tokens = exchange(config, signer, http, code, request.pkce_verifier, now)
    read_confirmed(tokens)                                              # before the first consent
    profile = read_profile(config, http, tokens)                        # after it

All of them raise EsiaError (EsiaRefused, EsiaUnavailable, EsiaUntrusted), each with an `action` for the person.
"""

from medkarta.integrations.esia.addresses import is_loopback, is_safe_url
from medkarta.integrations.esia.client import (
    authorization_request,
    exchange,
    logout_url,
    new_pkce_verifier,
    new_state,
    read_confirmed,
)
from medkarta.integrations.esia.errors import (
    ACTIONS,
    Action,
    EsiaError,
    EsiaRefused,
    EsiaUnavailable,
    EsiaUntrusted,
    Kind,
    action_of,
    refusal,
)
from medkarta.integrations.esia.http import BoundedClient
from medkarta.integrations.esia.profile import read_profile
from medkarta.integrations.esia.reading import snils_of, text_of
from medkarta.integrations.esia.strict_json import parse_json
from medkarta.integrations.esia.tokens import check_times
from medkarta.integrations.esia.trust import TrustedCertificate, TrustedFolder, trusted_folder
from medkarta.integrations.esia.values import (
    ISSUERS,
    SCOPES,
    AuthorizationRequest,
    Confirmation,
    EsiaAddress,
    EsiaChild,
    EsiaConfig,
    EsiaContact,
    EsiaDocument,
    EsiaPerson,
    Gender,
    Profile,
    Section,
    Tokens,
)

__all__ = [
    "ACTIONS",
    "ISSUERS",
    "SCOPES",
    "Action",
    "AuthorizationRequest",
    "BoundedClient",
    "Confirmation",
    "EsiaAddress",
    "EsiaChild",
    "EsiaConfig",
    "EsiaContact",
    "EsiaDocument",
    "EsiaError",
    "EsiaPerson",
    "EsiaRefused",
    "EsiaUnavailable",
    "EsiaUntrusted",
    "Gender",
    "Kind",
    "Profile",
    "Section",
    "Tokens",
    "TrustedCertificate",
    "TrustedFolder",
    "action_of",
    "authorization_request",
    "check_times",
    "exchange",
    "is_loopback",
    "is_safe_url",
    "logout_url",
    "new_pkce_verifier",
    "new_state",
    "parse_json",
    "read_confirmed",
    "read_profile",
    "refusal",
    "snils_of",
    "text_of",
    "trusted_folder",
]
