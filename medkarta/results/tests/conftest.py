"""Files of a test stay in its own folder."""

import pytest

from medkarta.integrations.storage.port import storage


@pytest.fixture(autouse=True)
def _own_storage(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    storage.cache_clear()
    yield
    storage.cache_clear()
