import pytest

from medkarta.requests import kinds
from medkarta.requests.tests.factories import KIND, PRIVATE_KIND, STATUSES


@pytest.fixture(autouse=True)
def known_kinds():
    kinds.register(KIND, "Пробное заявление", STATUSES, section="things/{target}/")
    kinds.register(PRIVATE_KIND, "Личное заявление", STATUSES, is_private=True)
    yield
    kinds.unregister(KIND)
    kinds.unregister(PRIVATE_KIND)
