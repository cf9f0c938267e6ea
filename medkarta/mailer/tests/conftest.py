import pytest

from medkarta.integrations.mail.tests.server import Mailroom, serving
from medkarta.integrations.storage.port import storage
from medkarta.mailer import recipients, texts
from medkarta.mailer.queries import Recipient


@pytest.fixture
def words(monkeypatch):
    """Words of these tests only. `facts` says what the room would; a test may change it."""
    facts = {"when": "чт, 26 ноября, 08:40", "doctor": "Петрова А. И.", "answer": "/answer/token/"}
    monkeypatch.setattr(texts, "_WORDS", {})
    texts.register(
        "test.booked",
        subject="Вы записаны на приём",
        body="Приём: {when}.",
        detailed="Приём: {when}, {doctor}.",
        facts=lambda **params: facts,
        buttons=(("answer", "Ответить"),),
    )
    texts.register("mailer.undelivered", subject="Письмо не доставлено", body="Проверьте адрес.")
    texts.register("test.offer", subject="Предложено время", body="Ответьте скорее.", is_urgent=True)
    return facts


@pytest.fixture
def people(monkeypatch):
    """What the accounts say of everybody; a test may change it for one."""
    known = {}
    usual = Recipient(email="anna@example.org", language="ru", may_message=True)
    monkeypatch.setattr(recipients, "_finders", [lambda account_id: known.get(account_id, usual)])
    return known


@pytest.fixture
def mailroom(settings):
    """A real mail server for this test."""
    room = Mailroom()
    with serving(room) as port:
        settings.MAIL = {**settings.MAIL, "host": "127.0.0.1", "port": port, "sender": "Медкарта <a@medkarta.example>"}
        yield room


@pytest.fixture
def own_files(settings, tmp_path):
    """A storage of files for this test."""
    settings.DATA_DIR = tmp_path
    storage.cache_clear()
    yield
    storage.cache_clear()
