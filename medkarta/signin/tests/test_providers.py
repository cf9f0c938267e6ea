import pytest

from medkarta.signin import providers

pytestmark = pytest.mark.django_db


@pytest.fixture
def without_key(settings, tmp_path):
    missing = {"esia_key": str(tmp_path / "no.pem"), "esia_certificate": str(tmp_path / "no.crt")}
    settings.IDENTITY = {**settings.IDENTITY, **missing, "esia_url": "http://127.0.0.1:9"}
    providers._esia.cache_clear()
    yield
    providers._esia.cache_clear()


def test_configured_leaves_out_a_provider_whose_key_is_missing(without_key):
    assert "esia" not in providers.configured()


def test_login_without_the_key_is_a_page_that_says_so(without_key, client):
    answer = client.get("/login")

    assert answer.status_code == 503
    assert "временно недоступен" in answer.content.decode()
