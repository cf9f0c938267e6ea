import hashlib
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from medkarta.integrations.storage.contract import FileMissing
from medkarta.integrations.storage.files import FileStorage

DATA = b"%PDF-1.7 \x00\xff bytes"


def test_put_returns_the_hash_and_open_gives_the_same_bytes(tmp_path):
    kept = FileStorage(tmp_path)

    key = kept.put(DATA)

    assert key == hashlib.sha256(DATA).hexdigest()
    with kept.open(key) as file:
        assert file.read() == DATA


def test_put_twice_keeps_one_file_for_its_owner_only(tmp_path):
    kept = FileStorage(tmp_path / "files")

    assert kept.put(DATA) == kept.put(DATA)

    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 1
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600
    folders = [path for path in tmp_path.rglob("*") if path.is_dir()]
    assert {stat.S_IMODE(one.stat().st_mode) for one in folders} == {0o700}


def test_put_from_many_threads_leaves_no_partial_file(tmp_path):
    kept = FileStorage(tmp_path)

    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(kept.put, [DATA] * 32))

    assert len(keys) == 1
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == list(keys)


def test_put_of_nothing_is_a_file_of_no_bytes(tmp_path):
    kept = FileStorage(tmp_path)

    with kept.open(kept.put(b"")) as file:
        assert file.read() == b""


@pytest.mark.parametrize("key", ["0" * 64, "../../etc/passwd", "", "A" * 64, "0" * 63])
def test_open_of_an_unknown_or_crooked_key_is_missing(tmp_path, key):
    with pytest.raises(FileMissing):
        FileStorage(tmp_path).open(key)


def test_delete_forgets_the_bytes_and_is_quiet_the_second_time(tmp_path):
    kept = FileStorage(tmp_path)
    key = kept.put(DATA)

    kept.delete(key)
    kept.delete(key)

    with pytest.raises(FileMissing):
        kept.open(key)
