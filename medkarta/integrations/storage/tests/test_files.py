"""The folder alone: whose the files are, and what is left beside them."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from medkarta.integrations.storage.contract import StorageUnavailable
from medkarta.integrations.storage.files import FileStorage

DATA = b"%PDF-1.7 \x00\xff bytes"


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


def test_put_into_a_full_disk_is_unavailable_and_leaves_nothing(tmp_path, monkeypatch):
    def full(_descriptor):
        raise OSError(28, "No space left on device")

    kept = FileStorage(tmp_path / "files")
    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(StorageUnavailable):
        kept.put(DATA)

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_open_of_what_may_not_be_read_is_unavailable(tmp_path):
    kept = FileStorage(tmp_path)
    key = kept.put(DATA)
    path = tmp_path / key[:2] / key[2:4] / key
    path.unlink()
    path.mkdir()

    with pytest.raises(StorageUnavailable):
        kept.open(key)
