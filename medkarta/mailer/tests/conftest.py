import pytest

from medkarta.mailer import texts


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
    texts.register("test.offer", subject="Предложено время", body="Ответьте скорее.", is_urgent=True)
    return facts
