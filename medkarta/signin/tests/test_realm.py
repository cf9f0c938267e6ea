import pytest

from medkarta.signin import providers


@pytest.fixture
def use(settings):
    """Configure an issuer as a start of the portal with these settings would."""

    def use(issuer):
        settings.IDENTITY = settings.IDENTITY | {
            "esia_url": "",
            "oidc_issuer": issuer,
            "oidc_client_id": "medkarta",
            "oidc_client_secret": "secret",
        }
        providers._oidc.cache_clear()
        return providers.configured()["oidc"]

    yield use
    providers._oidc.cache_clear()


def test_realm_is_the_issuers_own(use):
    """A subject is unique inside its issuer: after a change of issuer nobody enters another one's account."""
    first, again, other = (
        use(url).realm for url in ("https://one.example", "https://one.example", "https://two.example")
    )

    assert first == again != other
    assert len(first) <= 64


def test_of_realm_finds_no_provider_that_is_configured_no_more(use):
    former = use("https://one.example").realm
    current = use("https://two.example")

    assert providers.of_realm(current.realm) == current
    assert providers.of_realm(former) is None
