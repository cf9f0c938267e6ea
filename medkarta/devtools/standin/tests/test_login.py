"""The stand-in's own behaviour: page, single sign-on, logout, persons, health, control, loopback."""

import io
import re
import subprocess
import sys
import time
import zipfile
from dataclasses import replace

import httpx2
import pytest
from cryptography.x509 import load_der_x509_certificate

from medkarta.devtools.standin.persons import (
    SEED,
    Register,
    add_person,
    format_snils,
    free_oid,
    free_snils,
    seed_persons,
)
from medkarta.devtools.standin.server import NotLoopback, refuse_off_loopback
from medkarta.devtools.standin.tests.conftest import ANNA, REDIRECT_URI, SMIRNOV, callback_of
from medkarta.integrations.esia import port as esia

NAMES = [
    "Иванова Анна Сергеевна",
    "Иванов Пётр Дмитриевич",
    "Иванова Мария Дмитриевна",
    "Иванов Дмитрий Олегович",
    "Смирнов Олег Викторович",
    "Кузнецова Ольга Павловна",
    "Лебедев Никита Андреевич",
    "Фролова Дарья Ильинична",
    "Орлов Артём Максимович",
]


def test_login_page_shows_every_person_as_a_button_with_the_full_name(portal):
    page = portal.standin.browser.get(portal.begin().url)

    buttons = re.findall(r"<button name=\"person\"[^>]*>([^<]+)</button>", page.text)
    assert sorted(buttons) == sorted(NAMES)
    assert "script" not in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")


def test_login_is_remembered_while_the_session_lives(portal):
    portal.sign_in(ANNA)

    answer = portal.standin.browser.get(portal.begin().url)

    assert "code" in callback_of(answer)
    assert portal.standin.browser.cookies.get("standin_session")


def test_login_form_works_once(portal):
    page = portal.standin.browser.get(portal.begin().url)
    form = {"login": page.text.split('name="login" value="')[1].split('"')[0], "person": ANNA}
    portal.standin.browser.post(f"{portal.standin.base_url}/login", data=form)

    again = portal.standin.browser.post(f"{portal.standin.base_url}/login", data=form)

    assert again.status_code == 400
    assert "Время на вход вышло" in again.text


def test_logout_ends_the_session_and_comes_back(portal):
    portal.sign_in(ANNA)

    answer = portal.standin.browser.get(esia.logout_url(portal.config, REDIRECT_URI))

    assert answer.headers["location"] == REDIRECT_URI
    assert portal.standin.browser.get(portal.begin().url).status_code == 200


@pytest.mark.parametrize(
    ("client_id", "back"),
    [("MEDKARTA", "http://evil.example.org/"), ("OTHER", REDIRECT_URI), ("MEDKARTA", "javascript:1")],
)
def test_logout_comes_back_to_registered_domains_only(portal, client_id, back):
    portal.sign_in(ANNA)

    answer = portal.standin.browser.get(esia.logout_url(replace(portal.config, client_id=client_id), back))

    assert answer.status_code == 200
    assert portal.standin.browser.get(portal.begin().url).status_code == 200


def test_published_certificates_are_the_ones_that_the_portal_trusts(portal):
    answer = portal.standin.browser.get(f"{portal.standin.base_url}/public/esia.zip")

    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    for name in packed.namelist():
        assert packed.read(name) == (portal.config.trusted_certificates / name).read_bytes()
        load_der_x509_certificate(packed.read(name))
    assert "RSA_STANDIN.cer" in packed.namelist()


def test_healthz_counts_the_persons(portal):
    assert portal.standin.browser.get(f"{portal.standin.base_url}/healthz").json() == {"status": "ok", "persons": 9}


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/login", 405), ("/rs/prns/1", 401)])
def test_application_answers_other_addresses_plainly(portal, path, status):
    assert portal.standin.browser.get(portal.standin.base_url + path).status_code == status


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/json", b'{"clear": true}', 200),
        ("text/plain", b'{"clear": true}', 403),
        ("application/json", b'{"endpoint": "te", "kind": "unknown"}', 400),
        ("application/json", b'{"endpoint": "te", "kind": "flaw", "value": "unknown"}', 400),
        ("application/json", b'{"endpoint": "te", "kind": "status", "value": "999"}', 400),
        ("application/json", b"[]", 400),
        ("application/json", b"{", 400),
    ],
)
def test_control_takes_sensible_orders_that_no_foreign_page_can_send(portal, content_type, body, status):
    answer = portal.standin.browser.post(
        f"{portal.standin.base_url}/control/", content=body, headers={"Content-Type": content_type}
    )

    assert answer.status_code == status


def test_application_refuses_a_long_body(portal):
    answer = portal.standin.browser.post(f"{portal.standin.base_url}/login", data={"person": "x" * 300_000})

    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("host", "base_url"),
    [
        ("0.0.0.0", "http://127.0.0.1:1"),
        ("", "http://127.0.0.1:1"),
        ("127.0.0.1", "http://portal.example.org"),
        ("10.0.0.1", "http://localhost:1"),
    ],
)
def test_refuse_off_loopback_keeps_everything_on_this_machine(host, base_url):
    with pytest.raises(NotLoopback):
        refuse_off_loopback(host, base_url)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_refuse_off_loopback_accepts_this_machine(host):
    assert refuse_off_loopback(host, "http://localhost:8001") is None


def test_refuse_off_loopback_refuses_production(monkeypatch):
    monkeypatch.setenv("MEDKARTA_MODE", "production")

    with pytest.raises(NotLoopback, match="production"):
        refuse_off_loopback("127.0.0.1", "http://127.0.0.1:8001")


def test_seed_has_right_check_digits():
    for person in SEED:
        assert person.snils == format_snils(int(person.snils[:11].replace("-", "")))
        digits = [int(digit) for digit in reversed(person.policy)]
        doubled = sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
        assert (sum(digits[::2]) + doubled) % 10 == 0


def test_add_person_is_seen_by_a_running_register(tmp_path):
    seed_persons(tmp_path)
    register = Register(tmp_path)
    assert len(register.all()) == len(SEED)
    added = replace(SEED[0], oid=free_oid(tmp_path), snils=free_snils(tmp_path), given_name="Вера", children=(ANNA,))

    add_person(tmp_path, added)

    assert register.get(added.oid) == added
    assert [child.oid for child in register.children_of(added)] == [ANNA]
    assert len(register.all()) == len(SEED) + 1
    assert free_oid(tmp_path) != added.oid
    assert free_snils(tmp_path) != added.snils


def test_add_person_with_a_known_oid_replaces_the_person(tmp_path):
    add_person(tmp_path, replace(SEED[0], note="другая"))

    register = Register(tmp_path)

    assert len(register.all()) == len(SEED)
    assert register.get(SEED[0].oid).note == "другая"


def test_added_person_signs_in_at_once(portal):
    data_dir = portal.standin.world.files.data_dir
    before = (data_dir / "persons.json").read_bytes()
    person = replace(SEED[0], oid="1000900077", snils=free_snils(data_dir), family_name="Петрова", children=(SMIRNOV,))
    try:
        add_person(data_dir, person)

        assert portal.sign_in("1000900077").oid == "1000900077"
    finally:
        (data_dir / "persons.json").write_bytes(before)


def test_child_without_an_account_is_no_button_and_can_not_sign_in(portal):
    data_dir = portal.standin.world.files.data_dir
    before = (data_dir / "persons.json").read_bytes()
    try:
        add_person(data_dir, replace(SEED[0], oid="1000900078", given_name="Ева", children=(), has_account=False))
        page = portal.standin.browser.get(portal.begin().url)
        form = {"login": page.text.split('name="login" value="')[1].split('"')[0], "person": "1000900078"}

        assert "Ева" not in page.text
        assert portal.standin.browser.post(f"{portal.standin.base_url}/login", data=form).status_code == 400
    finally:
        (data_dir / "persons.json").write_bytes(before)


def test_main_serves_until_it_is_told_to_stop(tmp_path, unused_port):
    command = [sys.executable, "-m", "medkarta.devtools.standin", "--port", str(unused_port), "--data", str(tmp_path)]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        try:
            assert b"listens at" in process.stderr.readline()
            assert httpx2.get(f"http://127.0.0.1:{unused_port}/healthz").json()["persons"] == 9
        finally:
            process.terminate()
        began = time.monotonic()
        assert process.wait(timeout=10) == 0
        assert time.monotonic() - began < 3


def test_main_says_why_it_does_not_start(tmp_path):
    command = [sys.executable, "-m", "medkarta.devtools.standin", "--host", "0.0.0.0", "--data", str(tmp_path)]

    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)

    assert done.returncode == 1
    assert "this machine only" in done.stderr
    assert list(tmp_path.iterdir()) == []
