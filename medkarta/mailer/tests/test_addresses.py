"""What people type as an address."""

import pytest

from medkarta.mailer import addresses
from medkarta.mailer.addresses import ascii_host, read_address


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("anna@example.ru", "anna@example.ru"),
        ("  Anna.B+x@Example.RU\n", "Anna.B+x@example.ru"),
        ("o'neil@example.org", "o'neil@example.org"),
        ("anna@пример.рф", "anna@пример.рф"),
        ("anna@a-b.example.org", "anna@a-b.example.org"),
        (f"{'a' * 64}@example.org", f"{'a' * 64}@example.org"),
    ],
)
def test_read_address_takes_one_whole_address(typed, read):
    assert read_address(typed) == read


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("anna@example.ru\nBcc: eve@example.org", addresses.BrokenLine),
        ("anna@example.ru\r\neve@example.org", addresses.BrokenLine),
        ("anna@exa\u2028mple.ru", addresses.BrokenLine),
        ("an\u200bna@example.ru", addresses.BrokenLine),
        ("an\x00na@example.ru", addresses.BrokenLine),
        ("anna@example.ru, eve@example.org", addresses.SeveralAddresses),
        ("anna@example.ru;eve@example.org", addresses.SeveralAddresses),
        ("anna@example.ru eve@example.org", addresses.SeveralAddresses),
        ("anna@eve@example.org", addresses.SeveralAddresses),
        ("anna @example.ru", addresses.SeveralAddresses),
        ('"anna b"@example.ru', addresses.Decorated),
        ("Анна <anna@example.ru>", addresses.Decorated),
        ("«anna@example.ru»", addresses.Decorated),
        ("mailto:anna@example.ru", addresses.Decorated),
        ("anna@[127.0.0.1]", addresses.Decorated),
        ("анна@example.ru", addresses.NotLatin),
        (f"{'a' * 65}@example.org", addresses.TooLong),
        (f"a@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.{'f' * 8}.ru", addresses.TooLong),
        ("", addresses.AddressUnusable),
        ("anna", addresses.AddressUnusable),
        ("@example.ru", addresses.AddressUnusable),
        ("anna@", addresses.AddressUnusable),
        ("anna@localhost", addresses.AddressUnusable),
        ("anna@127.0.0.1", addresses.AddressUnusable),
        ("anna@-example.ru", addresses.AddressUnusable),
        ("anna@example..ru", addresses.AddressUnusable),
        ("anna@example.ru.", addresses.AddressUnusable),
        (".anna@example.ru", addresses.AddressUnusable),
        ("anna..b@example.ru", addresses.AddressUnusable),
        (f"anna@{'a' * 64}.ru", addresses.AddressUnusable),
    ],
)
def test_read_address_says_what_is_wrong(typed, error):
    with pytest.raises(addresses.AddressUnusable) as refused:
        read_address(typed)

    assert refused.type is error
    assert str(refused.value.text)


def test_ascii_host_is_told_only_where_it_looks_different():
    assert ascii_host("anna@пример.рф") == "xn--e1afmkfd.xn--p1ai"
    assert ascii_host("anna@example.ru") == ""
