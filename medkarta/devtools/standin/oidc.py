"""A plain OpenID Connect provider at /oidc/ with the same persons."""

ROUTES: dict = {}
