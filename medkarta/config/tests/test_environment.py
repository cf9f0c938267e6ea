"""Settings from the environment: what is wrong says what to set."""

import os

import environ
import pytest
from django.core.exceptions import ImproperlyConfigured

from medkarta.config import environment


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://portal.example", "https://portal.example"),
        ("https://portal.example/", "https://portal.example"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
    ],
)
def test_base_url_is_an_origin(monkeypatch, value, expected):
    monkeypatch.setenv("MEDKARTA_BASE_URL", value)

    assert environment.base_url() == expected


@pytest.mark.parametrize("value", ["portal.example", "ftp://portal.example", "https://portal.example/sub", "https://"])
def test_base_url_that_is_none_says_what_it_should_look_like(monkeypatch, value):
    monkeypatch.setenv("MEDKARTA_BASE_URL", value)

    with pytest.raises(ImproperlyConfigured, match="must look like"):
        environment.base_url()


@pytest.mark.parametrize(("value", "expected"), [("1", 1), ("64999", 64999), ("", 8000)])
def test_port_is_a_number(monkeypatch, value, expected):
    monkeypatch.setenv("PORT", value)

    assert environment.port() == expected


@pytest.mark.parametrize("value", ["0", "65000", "x", "-1", "80.5"])
def test_port_out_of_range_is_refused(monkeypatch, value):
    monkeypatch.setenv("PORT", value)

    with pytest.raises(ImproperlyConfigured, match="PORT"):
        environment.port()


def test_mode_is_one_of_two(monkeypatch):
    monkeypatch.setenv("MEDKARTA_MODE", "prod")

    with pytest.raises(ImproperlyConfigured, match="demo, production"):
        environment.mode()


def test_secret_key_is_demanded_in_production_and_made_once_in_the_demo(monkeypatch, tmp_path):
    monkeypatch.delenv("MEDKARTA_SECRET_KEY", raising=False)

    with pytest.raises(ImproperlyConfigured, match="MEDKARTA_SECRET_KEY"):
        environment.secret_key(tmp_path, is_production=True)
    made = environment.secret_key(tmp_path, is_production=False)
    assert len(made) > 50
    assert environment.secret_key(tmp_path, is_production=False) == made
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0
    monkeypatch.setenv("MEDKARTA_SECRET_KEY", "given")
    assert environment.secret_key(tmp_path, is_production=False) == "given"


@pytest.mark.parametrize(("length", "is_taken"), [(1, False), (49, False), (50, True)])
def test_secret_key_of_production_is_long_enough(monkeypatch, tmp_path, length, is_taken):
    monkeypatch.setenv("MEDKARTA_SECRET_KEY", "k" * length)

    if is_taken:
        assert environment.secret_key(tmp_path, is_production=True) == "k" * length
    else:
        with pytest.raises(ImproperlyConfigured, match="at least 50"):
            environment.secret_key(tmp_path, is_production=True)


@pytest.mark.parametrize("url", ["http://portal.example", "http://10.0.0.1:8000"])
def test_base_url_of_production_is_https_off_this_machine(monkeypatch, url):
    monkeypatch.setenv("MEDKARTA_BASE_URL", url)
    assert environment.base_url() == url
    monkeypatch.setenv("MEDKARTA_MODE", "production")

    with pytest.raises(ImproperlyConfigured, match="https"):
        environment.base_url()
    monkeypatch.setenv("MEDKARTA_BASE_URL", "http://127.0.0.1:8000")
    assert environment.base_url() == "http://127.0.0.1:8000"


def test_data_dir_that_was_there_gets_files_of_its_owner_only(monkeypatch, tmp_path):
    monkeypatch.setenv("MEDKARTA_DATA_DIR", str(tmp_path))
    before = os.umask(0o022)
    try:
        (environment.data_dir() / "medkarta.sqlite3").touch()
    finally:
        os.umask(before)

    assert (tmp_path / "medkarta.sqlite3").stat().st_mode & 0o077 == 0


def test_data_dir_is_its_owners_only(monkeypatch, tmp_path):
    monkeypatch.setenv("MEDKARTA_DATA_DIR", str(tmp_path / "new" / "state"))

    assert environment.data_dir().stat().st_mode & 0o077 == 0


def test_allowed_hosts_follow_the_address(monkeypatch):
    monkeypatch.setenv("MEDKARTA_ALLOWED_HOSTS", "inner.example,")

    assert environment.allowed_hosts("https://portal.example") == ["portal.example", "inner.example"]
    assert set(environment.allowed_hosts("http://localhost:8000")) == {"localhost", "127.0.0.1", "inner.example"}


@pytest.mark.parametrize(
    ("url", "engine"), [("sqlite:////tmp/x.sqlite3", "sqlite3"), ("postgres://u:p@db.example/medkarta", "postgresql")]
)
def test_database_keeps_its_connections(monkeypatch, tmp_path, url, engine):
    monkeypatch.setenv("DATABASE_URL", url)

    found = environment.database(environ.Env(), tmp_path)

    assert found["ENGINE"].endswith(engine)
    assert found["CONN_MAX_AGE"] is None
    assert found["CONN_HEALTH_CHECKS"]


def test_database_of_another_kind_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "mysql://u:p@db.example/medkarta")

    with pytest.raises(ImproperlyConfigured, match="sqlite:// or postgres://"):
        environment.database(environ.Env(), tmp_path)


@pytest.mark.parametrize(
    ("value", "suffix"), [("collected", "CompressedManifestStaticFilesStorage"), ("rooms", ".StaticFilesStorage")]
)
def test_static_storage_follows_its_setting(monkeypatch, value, suffix):
    monkeypatch.setenv("MEDKARTA_STATIC", value)

    assert environment.static_storage().endswith(suffix)


def test_identity_points_at_the_stand_in_only_in_the_demo(monkeypatch, tmp_path):
    for name in ("MEDKARTA_ESIA_URL", "MEDKARTA_ESIA_CLIENT_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PORT", "8300")

    demo = environment.identity(environ.Env(), tmp_path, "http://127.0.0.1:8300", is_production=False)
    real = environment.identity(environ.Env(), tmp_path, "https://portal.example", is_production=True)

    assert (demo["esia_url"], demo["esia_issuers"]) == ("http://127.0.0.1:8301", ("http://127.0.0.1:8301/",))
    assert (real["esia_url"], real["esia_client_id"]) == ("", "")
    assert "http://esia.gosuslugi.ru/" in real["esia_issuers"], "tokens carry http and a slash"
    assert not real["oidc_trusted_for_snils"], "СНИЛС is taken from nobody unless the operator says so"
    assert not real["oidc_always_confirmed"]


def test_policy_allows_nothing_but_own_files_and_the_providers_as_ends_of_forms():
    policy = environment.content_security_policy({"esia_url": "https://esia.example/x", "oidc_issuer": ""})

    directives = policy.split("; ")
    assert "form-action 'self' https://esia.example" in directives
    assert "default-src 'none'" in directives
    assert "unsafe" not in policy


def test_semd_packages_are_a_folder_or_nothing(monkeypatch, tmp_path):
    monkeypatch.delenv("MEDKARTA_SEMD_PACKAGES", raising=False)
    assert environment.semd_packages() is None

    monkeypatch.setenv("MEDKARTA_SEMD_PACKAGES", str(tmp_path))
    assert environment.semd_packages() == tmp_path

    monkeypatch.setenv("MEDKARTA_SEMD_PACKAGES", str(tmp_path / "absent"))
    with pytest.raises(ImproperlyConfigured, match="MEDKARTA_SEMD_PACKAGES"):
        environment.semd_packages()
