"""What rooms registered, in every language: letters name nothing that they may not."""

import pytest
from django.conf import settings
from django.utils import translation

from medkarta.mailer import texts


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
def test_registered_words_name_only_what_may_be_told(language):
    with translation.override(language):
        for words in texts.registered().values():
            assert texts.names_in(words.subject) <= set(words.neutral), words.key
            assert texts.names_in(words.body) <= set(words.neutral), words.key
            assert words.facts or not texts.names_in(words.body), words.key


def test_names_in_finds_every_fact():
    assert texts.names_in("{when} и {{не это}} {doctor}") == {"when", "doctor"}


def test_get_knows_only_what_was_registered():
    with pytest.raises(KeyError):
        texts.get("nobody.knows")
    assert texts.find("nobody.knows") is None
