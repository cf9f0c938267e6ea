import hashlib
from base64 import b64encode

import pytest

from medkarta.documents import rules
from medkarta.documents.rules import Family, file_name, sniff


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n...", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b'<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"/>', "application/hl7-v3+xml"),
        (b"\xef\xbb\xbf<ClinicalDocument xmlns='urn:hl7-org:v3'>", "application/hl7-v3+xml"),
        (b"<?xml version='1.0'?><Bundle xmlns='http://hl7.org/fhir'/>", "application/xml"),
        (b"<!DOCTYPE html><script>", "text/html"),
        (b"  <HTML><body>", "text/html"),
        (b"<svg onload=alert(1)>", "image/svg+xml"),
        (b"<?xml version='1.0'?><svg xmlns='x'>", "image/svg+xml"),
        ("Заключение: норма".encode(), "text/plain"),
        (b"\x00\x01\x02", "application/octet-stream"),
        (b"", "application/octet-stream"),
        (b"\x00" * 128 + b"DICM", "application/dicom"),
        (b"\x30\x82\x01\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", "application/pkcs7-signature"),
        (b"-----BEGIN CMS-----\nMIIB", "application/pkcs7-signature"),
        (b"MIIGxwYJKoZIhvcNAQcCoIIGuDCC", "application/pkcs7-signature"),
        (b"MIAGCSqGSIb3DQEHAqCAMIACAQEx", "application/pkcs7-signature"),
        (b"-----BEGIN CERTIFICATE-----\nMIIB", "text/plain"),
        (b"MIIGxwYJ and so on", "text/plain"),
        ("Заключение".encode("cp1251"), "text/plain"),
        (b"a" + ("я" * 5000).encode(), "text/plain"),
        (b"text\x1b[0m", "application/octet-stream"),
        (b"PK\x03\x04....word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (b"PK\x03\x04....xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (b"PK\x03\x04....any", "application/zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword"),
    ],
)
def test_sniff_reads_the_bytes_and_no_name(data, content_type):
    assert sniff(data) == content_type


@pytest.mark.parametrize(
    ("content_type", "family"),
    [
        ("application/pdf", Family.PDF),
        ("application/hl7-v3+xml", Family.CDA),
        ("text/xml", Family.XML),
        ("image/png", Family.IMAGE),
        ("image/svg+xml", Family.OTHER),
        ("text/plain", Family.TEXT),
        ("application/octet-stream", Family.OTHER),
    ],
)
def test_family_of_names_files_as_people_do(content_type, family):
    assert rules.family_of(content_type) is family


@pytest.mark.parametrize(
    ("title", "content_type", "position", "ascii_name", "full"),
    [
        ("Приём врача", "application/pdf", 1, "priem-vracha.pdf", "Приём врача.pdf"),
        ("Скан.pdf", "application/pdf", 2, "skan-2.pdf", "Скан-2.pdf"),
        ('../../etc\r\nSet-Cookie: "x"', "application/xml", 1, "etc-set-cookie-x.xml", "etc Set-Cookie x.xml"),
        ("", "application/octet-stream", 1, "document.bin", "document.bin"),
        ("测试", "image/png", 1, "document.png", "测试.png"),
        ("отчёт", "text/html", 1, "otchet.html.txt", "отчёт.html.txt"),
        ("a\u202efdp.exe", "application/pdf", 1, "a-fdp.exe.pdf", "a fdp.exe.pdf"),
        ("д" * 300, "application/pdf", 1, "d" * 80 + ".pdf", "д" * 80 + ".pdf"),
    ],
)
def test_file_name_is_safe_and_keeps_the_words(title, content_type, position, ascii_name, full):
    name = file_name(title, content_type, position=position)

    assert (name.ascii, name.full) == (ascii_name, full)


@pytest.mark.parametrize(
    ("content_type", "served"),
    [
        ("text/html", "application/octet-stream"),
        ("image/svg+xml", "application/octet-stream"),
        ("application/xml", "application/octet-stream"),
        ("application/pdf", "application/pdf"),
        ("application/hl7-v3+xml", "application/hl7-v3+xml"),
    ],
)
def test_served_type_gives_a_browser_nothing_to_run(content_type, served):
    assert rules.served_type(content_type) == served


def test_promised_hash_takes_sha1_and_sha256_in_base64_only():
    sha1, sha256 = hashlib.sha1(b"x").digest(), hashlib.sha256(b"x").digest()

    assert rules.promised_hash(b64encode(sha1).decode()) == sha1.hex()
    assert rules.promised_hash(b64encode(sha256).decode()) == sha256.hex()
    assert rules.promised_hash("not base64!") == ""
    assert rules.promised_hash(b64encode(b"short").decode()) == ""


def test_keeps_promise_compares_the_hash_that_was_promised():
    hashes = {"sha1": "a" * 40, "sha256": "b" * 64}

    assert rules.keeps_promise("", **hashes)
    assert rules.keeps_promise("a" * 40, **hashes)
    assert rules.keeps_promise("b" * 64, **hashes)
    assert not rules.keeps_promise("b" * 40, **hashes)
    assert not rules.keeps_promise("a" * 64, **hashes)
