"""The bucket alone: what is asked of the store, and what happens when it does not answer."""

import hashlib
import socket

import pytest

from medkarta.integrations.storage.addresses import S3Address, parse
from medkarta.integrations.storage.contract import StorageUnavailable
from medkarta.integrations.storage.tests.server import SECRET_KEY, serve
from medkarta.integrations.storage.tests.test_storages import DATA, bucket, s3_at

s3 = pytest.importorskip("medkarta.integrations.storage.s3")

__all__ = ["bucket"]


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(s3, "RETRIES", 0)
    monkeypatch.setattr(s3, "SILENT_SECONDS", 1)
    monkeypatch.setattr(s3, "CONNECT_SECONDS", 1)


def test_put_writes_below_the_prefix_by_the_hash(bucket):
    key = s3_at(bucket).put(DATA)

    assert bucket.objects == {f"portal/{key[:2]}/{key[2:4]}/{key}": DATA}


def test_put_without_a_prefix_writes_at_the_root(bucket):
    key = s3_at(bucket, prefix="").put(DATA)

    assert list(bucket.objects) == [f"{key[:2]}/{key[2:4]}/{key}"]


def test_put_of_what_is_there_sends_no_bytes(bucket):
    kept = s3_at(bucket)

    kept.put(DATA)
    kept.put(DATA)

    assert [method for method, _range in bucket.asked] == ["HEAD", "PUT", "HEAD"]


@pytest.mark.parametrize(("conditional", "is_replaced"), [("yes", False), ("no", True)])
def test_put_never_replaces_where_the_store_knows_conditions(bucket, monkeypatch, conditional, is_replaced):
    """Somebody else's write comes between the question and ours."""
    kept = s3_at(bucket, conditional=conditional)
    key = hashlib.sha256(DATA).hexdigest()
    place = f"portal/{key[:2]}/{key[2:4]}/{key}"
    monkeypatch.setattr(kept, "_size", lambda _key: bucket.objects.setdefault(place, b"theirs") and None)

    assert kept.put(DATA) == key
    assert bucket.objects[place] == (DATA if is_replaced else b"theirs")


def test_open_asks_for_pieces(bucket, monkeypatch):
    monkeypatch.setattr(s3, "PIECE_BYTES", 1000)
    kept = s3_at(bucket)
    key = kept.put(bytes(2500))
    bucket.asked.clear()

    with kept.open(key) as file:
        assert len(file.read(10)) == 10
        assert bucket.asked == [("HEAD", ""), ("GET", "bytes=0-999")]
        assert len(b"".join(iter(lambda: file.read(700), b""))) == 2490


def test_a_wrong_key_is_refused_and_said(bucket):
    stranger = s3_at(bucket, secret=SECRET_KEY[::-1])

    for act in (lambda: stranger.put(DATA), lambda: stranger.open("0" * 64), lambda: stranger.delete("0" * 64)):
        with pytest.raises(StorageUnavailable, match="refuses the access key"):
            act()
    assert bucket.objects == {}


@pytest.mark.parametrize("status", [500, 503])
def test_a_store_that_fails_is_unavailable(impatient, bucket, status):
    kept = s3_at(bucket)
    bucket.status = status

    for act in (lambda: kept.put(DATA), lambda: kept.open("0" * 64), lambda: kept.delete("0" * 64)):
        with pytest.raises(StorageUnavailable) as told:
            act()
        assert bucket.url not in str(told.value)
        assert told.value.__cause__ is None


def test_a_store_that_fails_once_is_asked_again(bucket, monkeypatch):
    kept = s3_at(bucket)
    bucket.status = 503

    def recover(*asked):
        bucket.status = 0

    monkeypatch.setattr(bucket, "asked", type("Asked", (list,), {"append": recover})())

    assert kept.put(DATA) == hashlib.sha256(DATA).hexdigest()


def test_a_store_that_is_down_is_unavailable(impatient):
    with serve() as gone:
        kept = s3_at(gone)

    with pytest.raises(StorageUnavailable):
        kept.put(DATA)


def test_a_store_that_is_silent_is_unavailable(impatient):
    with socket.create_server(("127.0.0.1", 0)) as silent:

        class Quiet:
            url = f"http://127.0.0.1:{silent.getsockname()[1]}"

        with pytest.raises(StorageUnavailable):
            s3_at(Quiet).put(DATA)


def test_an_object_that_goes_while_it_is_read_is_unavailable(bucket):
    kept = s3_at(bucket)

    with kept.open(kept.put(DATA)) as file:
        bucket.objects.clear()
        with pytest.raises(StorageUnavailable):
            file.read()


def test_parse_reads_what_an_operator_writes():
    assert parse("s3://docs?endpoint=https://s3.example/") == S3Address("docs", "", "https://s3.example")
    whole = "s3://docs/a/b/?endpoint=https://s3.example:9000&region=ru-1&style=virtual&conditional=no"
    assert parse(whole) == S3Address("docs", "a/b", "https://s3.example:9000", "ru-1", True, False)


@pytest.mark.parametrize(
    "url",
    [
        "https://s3.example/docs",
        "s3://",
        "s3://D?endpoint=https://s3.example",
        "s3://docs",
        "s3://docs?endpoint=s3.example",
        "s3://docs?endpoint=https://user@s3.example",
        "s3://docs/../x?endpoint=https://s3.example",
        "s3://docs?endpoint=https://s3.example&style=odd",
        "s3://docs?endpoint=https://s3.example&secret=1",
    ],
)
def test_parse_refuses_what_is_no_bucket(url):
    with pytest.raises(ValueError):
        parse(url)
