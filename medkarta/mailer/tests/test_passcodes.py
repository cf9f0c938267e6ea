"""Passcodes, passwords, tokens; what is sealed; a file under a password."""

from io import BytesIO

import pikepdf
import pytest

from medkarta.documents.tests.papers import packed_pdf
from medkarta.mailer import passcodes, protection, sealing
from medkarta.mailer.sealing import Secrets
from medkarta.mailer.tests.sent_things import pdf_of


def test_new_passcode_has_eight_signs_that_nobody_mistakes():
    made = passcodes.new_passcode()

    assert len(made.replace("-", "")) == 8
    assert set(made) <= set(passcodes.ALPHABET) | {"-"}
    assert not set(passcodes.ALPHABET) & set("01loi")
    assert passcodes.new_passcode() != made


def test_new_password_is_longer_than_a_passcode():
    assert len(passcodes.new_password()) == 14


@pytest.mark.parametrize("typed", ["abcd-2345", "ABCD2345", " abcd 2345 ", "ab-cd-23-45"])
def test_matches_takes_a_passcode_however_it_is_written(typed):
    assert passcodes.matches(typed, passcodes.hashed("abcd-2345"))


@pytest.mark.parametrize("typed", ["", "abcd-234", "abcd-23456", "abcd-2346"])
def test_matches_takes_no_other(typed):
    assert not passcodes.matches(typed, passcodes.hashed("abcd-2345"))


@pytest.mark.parametrize("typed", ["", "-", "abcd-2345"])
def test_matches_nothing_where_nothing_is_kept(typed):
    assert not passcodes.matches(typed, "")


def test_hashed_is_salted():
    assert passcodes.hashed("abcd-2345") != passcodes.hashed("abcd-2345")


def test_seal_gives_back_what_was_sealed_until_the_key_changes(settings):
    sealed = sealing.seal(Secrets("abcd-2345", "token", is_typed=True))

    assert "abcd" not in sealed
    assert sealing.unseal(sealed) == Secrets("abcd-2345", "token", is_typed=True)
    assert sealing.unseal("") is None
    settings.SECRET_KEY = "another" * 9
    assert sealing.unseal(sealed) is None


def test_secrets_are_not_printed():
    assert "abcd" not in repr(Secrets("abcd-2345", "abcd"))


def test_protect_takes_the_place_of_another_lock_that_opens_without_a_password():
    source = BytesIO()
    with pikepdf.open(BytesIO(pdf_of())) as found:
        found.save(source, encryption=pikepdf.Encryption(owner="owner", user="", R=4))

    data = protection.protect(source.getvalue(), password="abcd-2345-wxyz")

    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(BytesIO(data))
    with pikepdf.open(BytesIO(data), password="abcd-2345-wxyz") as opened:
        assert opened.encryption.R == 6
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(BytesIO(data), password="owner")


def test_protect_refuses_what_is_no_pdf_or_is_locked():
    locked = BytesIO()
    with pikepdf.open(BytesIO(pdf_of())) as found:
        found.save(locked, encryption=pikepdf.Encryption(owner="owner", user="secret", R=6))

    for data in (b"", b"%PDF-1.4 none", b"<html>", locked.getvalue()):
        with pytest.raises(protection.Unprotectable) as refused:
            protection.protect(data, password="abcd-2345")
        assert refused.value.__suppress_context__


def test_protect_refuses_a_small_file_that_unpacks_to_hundreds_of_megabytes():
    with pytest.raises(protection.Unprotectable):
        protection.protect(packed_pdf(600), password="abcd-2345")
