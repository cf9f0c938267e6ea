"""Settings of letters, devices and quiet hours: what is wrong says what to set."""

from datetime import time
from pathlib import Path

import environ
import pytest
from django.core.exceptions import ImproperlyConfigured

from medkarta.config import outgoing


@pytest.mark.parametrize(
    ("value", "host", "port", "security"),
    [
        ("", "", 25, ""),
        ("smtp://mail.example", "mail.example", 25, ""),
        ("smtp+tls://mail.example", "mail.example", 587, "tls"),
        ("smtp+ssl://mail.example:2465", "mail.example", 2465, "ssl"),
    ],
)
def test_mail_reads_the_server(monkeypatch, value, host, port, security):
    monkeypatch.setenv("EMAIL_URL", value)

    found = outgoing.mail(is_production=False)

    assert (found["host"], found["port"], found["security"]) == (host, port, security)


def test_mail_reads_a_password_with_any_characters(monkeypatch):
    monkeypatch.setenv("EMAIL_URL", "smtp://portal%40example.org:p%3A%2Fss@mail.example")

    found = outgoing.mail(is_production=False)

    assert (found["user"], found["password"]) == ("portal@example.org", "p:/ss")


@pytest.mark.parametrize(
    "value",
    ["mail.example", "http://mail.example", "smtp://", "smtp://mail.example:x", "smtp://[", "smtp://m.example:0"],
)
def test_mail_server_that_is_none_says_what_it_should_look_like(monkeypatch, value):
    monkeypatch.setenv("EMAIL_URL", value)

    with pytest.raises(ImproperlyConfigured, match=r"EMAIL_URL must look like smtp\+tls"):
        outgoing.mail(is_production=False)


@pytest.mark.parametrize("value", ["portal", "a b@c d", "Медкарта <>"])
def test_mail_sender_that_is_none_says_what_to_set(monkeypatch, value):
    monkeypatch.setenv("MEDKARTA_MAIL_FROM", value)

    with pytest.raises(ImproperlyConfigured, match="Set MEDKARTA_MAIL_FROM"):
        outgoing.mail(is_production=False)


def test_mail_in_production_needs_a_sender_once_there_is_a_server(monkeypatch):
    assert outgoing.mail(is_production=True)["host"] == ""
    monkeypatch.setenv("EMAIL_URL", "smtp://mail.example")

    with pytest.raises(ImproperlyConfigured, match="Set MEDKARTA_MAIL_FROM"):
        outgoing.mail(is_production=True)

    monkeypatch.setenv("MEDKARTA_MAIL_FROM", "Портал <portal@example.org>")
    assert outgoing.mail(is_production=True)["sender"] == "Портал <portal@example.org>"


def push(*, is_production):
    return outgoing.push(environ.Env(), Path("/x"), sender="Портал <a@example.org>", is_production=is_production)


def test_push_names_whom_to_ask():
    assert push(is_production=True)["contact"] == "mailto:a@example.org"


def test_push_on_loopback_is_for_trials(monkeypatch):
    assert push(is_production=False)["allows_loopback"] is False
    monkeypatch.setenv("MEDKARTA_PUSH_LOOPBACK", "1")

    assert push(is_production=False)["allows_loopback"] is True
    with pytest.raises(ImproperlyConfigured, match="MEDKARTA_PUSH_LOOPBACK"):
        push(is_production=True)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("off", None), ("22:00-08:00", (time(22), time(8))), ("00:30-23:59", (time(0, 30), time(23, 59)))],
)
def test_quiet_hours_are_two_clocks(monkeypatch, value, expected):
    monkeypatch.setenv("MEDKARTA_QUIET_HOURS", value)

    assert outgoing.quiet_hours(is_production=True) == expected


def test_quiet_hours_are_off_in_the_demo():
    assert outgoing.quiet_hours(is_production=False) is None
    assert outgoing.quiet_hours(is_production=True) == (time(22), time(8))


@pytest.mark.parametrize("value", ["", "22-8", "24:00-08:00", "22:00-22:00", "22:60-08:00", "22:00-08:00-09:00"])
def test_quiet_hours_that_are_none_say_what_they_should_look_like(monkeypatch, value):
    monkeypatch.setenv("MEDKARTA_QUIET_HOURS", value)

    with pytest.raises(ImproperlyConfigured, match="MEDKARTA_QUIET_HOURS must look like"):
        outgoing.quiet_hours(is_production=False)


BUCKET = "s3://documents/portal?endpoint=https://s3.example"


def test_storage_is_the_data_folder_unless_a_bucket_is_set(monkeypatch):
    assert outgoing.storage()["url"] == ""

    monkeypatch.setenv("MEDKARTA_STORAGE_URL", BUCKET)
    monkeypatch.setenv("MEDKARTA_STORAGE_ACCESS_KEY", "a")
    monkeypatch.setenv("MEDKARTA_STORAGE_SECRET_KEY", "b")
    found = outgoing.storage()

    assert (found["url"], found["access_key"], found["secret_key"]) == (BUCKET, "a", "b")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"URL": "https://s3.example/documents"}, "MEDKARTA_STORAGE_URL must look like s3://"),
        ({"URL": "s3://documents"}, "MEDKARTA_STORAGE_URL needs endpoint"),
        ({"URL": BUCKET}, "Set MEDKARTA_STORAGE_ACCESS_KEY and MEDKARTA_STORAGE_SECRET_KEY"),
        ({"URL": BUCKET, "ACCESS_KEY": "a"}, "MEDKARTA_STORAGE_SECRET_KEY"),
        ({"URL": BUCKET, "ACCESS_KEY": "a", "SECRET_KEY": "b", "CA_BUNDLE": "/nowhere"}, "MEDKARTA_STORAGE_CA_BUNDLE"),
    ],
)
def test_storage_that_is_half_set_says_what_to_set(monkeypatch, values, message):
    for name, value in values.items():
        monkeypatch.setenv(f"MEDKARTA_STORAGE_{name}", value)

    with pytest.raises(ImproperlyConfigured, match=message):
        outgoing.storage()


def test_storage_without_the_extra_says_so(monkeypatch):
    for name, value in {"URL": BUCKET, "ACCESS_KEY": "a", "SECRET_KEY": "b"}.items():
        monkeypatch.setenv(f"MEDKARTA_STORAGE_{name}", value)
    monkeypatch.setattr("medkarta.integrations.storage.port.has_s3", lambda: False)

    with pytest.raises(ImproperlyConfigured, match="extra s3"):
        outgoing.storage()
