"""What every storage keeps to: a folder and a bucket, by the same tests."""

import hashlib
import io
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import pytest

from medkarta.integrations.storage.addresses import parse
from medkarta.integrations.storage.contract import FileMissing
from medkarta.integrations.storage.files import FileStorage
from medkarta.integrations.storage.tests.server import ACCESS_KEY, BUCKET, REGION, SECRET_KEY, serve

DATA = b"%PDF-1.7 \x00\xff bytes"


@pytest.fixture
def bucket():
    with serve() as found:
        yield found


def s3_at(bucket, prefix="/portal", secret=SECRET_KEY, **options):
    s3 = pytest.importorskip("medkarta.integrations.storage.s3")
    more = "".join(f"&{name}={value}" for name, value in options.items())
    address = parse(f"s3://{BUCKET}{prefix}?endpoint={bucket.url}&region={REGION}{more}")
    return s3.S3Storage(address, access_key=ACCESS_KEY, secret_key=secret)


@pytest.fixture(params=["files", "s3"])
def kept(request, tmp_path):
    if request.param == "files":
        return FileStorage(tmp_path / "files")
    return s3_at(request.getfixturevalue("bucket"))


def test_put_returns_the_hash_and_open_gives_the_same_bytes(kept):
    key = kept.put(DATA)

    assert key == hashlib.sha256(DATA).hexdigest()
    with kept.open(key) as file:
        assert file.read() == DATA


def test_put_from_many_threads_is_one_file(kept):
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(kept.put, [DATA] * 16))

    (key,) = keys
    with kept.open(key) as file:
        assert file.read() == DATA


def test_put_of_nothing_is_a_file_of_no_bytes(kept):
    with kept.open(kept.put(b"")) as file:
        assert file.read() == b""


@pytest.mark.parametrize("key", ["0" * 64, "../../etc/passwd", "", "A" * 64, "0" * 63])
def test_open_of_an_unknown_or_crooked_key_is_missing(kept, key):
    with pytest.raises(FileMissing):
        kept.open(key)


def test_delete_forgets_the_bytes_and_is_quiet_the_second_time(kept):
    key = kept.put(DATA)

    kept.delete(key)
    kept.delete(key)

    with pytest.raises(FileMissing):
        kept.open(key)


def test_open_gives_a_file_that_can_be_sought(kept):
    data = bytes(range(256)) * 20

    with kept.open(kept.put(data)) as file:
        assert file.seekable()
        assert file.seek(0, io.SEEK_END) == len(data)
        assert file.read(1) == b""
        file.seek(-3, io.SEEK_END)
        assert file.read() == data[-3:]
        file.seek(256)
        assert file.read(4) == data[:4]
        assert file.tell() == 260


def test_open_of_a_large_file_holds_a_piece_of_it(kept):
    data = bytes(12 * 1024 * 1024)
    key = kept.put(data)
    del data

    tracemalloc.start()
    with kept.open(key) as file:
        size = sum(len(piece) for piece in iter(lambda: file.read(64 * 1024), b""))
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert size == 12 * 1024 * 1024
    assert most < 16 * 1024 * 1024
