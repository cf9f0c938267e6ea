"""Sign-in through an OpenID Connect provider for the rest of the product.

    provider = discover(config, http)
    request = authorization_request(config, provider, new_state())      # send the browser to request.url
    tokens = exchange(config, provider, http, code, request.pkce_verifier, request.nonce, now)
    profile = read_profile(config, provider, http, tokens)

Values and errors are those of the ESIA port. A subject is unique inside its issuer only.
"""

from medkarta.integrations.esia.port import new_state
from medkarta.integrations.oidc.client import authorization_request, exchange, logout_url
from medkarta.integrations.oidc.discovery import discover
from medkarta.integrations.oidc.errors import action_of
from medkarta.integrations.oidc.profile import read_profile
from medkarta.integrations.oidc.values import CLAIMS, OidcConfig, Provider

__all__ = [
    "CLAIMS",
    "OidcConfig",
    "Provider",
    "action_of",
    "authorization_request",
    "discover",
    "exchange",
    "logout_url",
    "new_state",
    "read_profile",
]
