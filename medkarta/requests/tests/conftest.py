import pytest

from medkarta.requests import actions, kinds
from medkarta.requests.tests.factories import CANCELLED_KIND, KIND, PRIVATE_KIND, STATUSES


def cancel(scope, target_id, now):
    actions.change_status_of(scope, kind=CANCELLED_KIND, target_id=target_id, status="cancelled", now=now)


@pytest.fixture(autouse=True)
def known_kinds():
    kinds.register(KIND, "Пробное заявление", STATUSES, section="things/{target}/")
    kinds.register(PRIVATE_KIND, "Личное заявление", STATUSES, is_private=True)
    kinds.register(CANCELLED_KIND, "Отзывное заявление", STATUSES, cancel=cancel)
    yield
    kinds.unregister(CANCELLED_KIND)
    kinds.unregister(KIND)
    kinds.unregister(PRIVATE_KIND)
