"""Orders of certificates, and what a form of one is filled in with."""

from io import BytesIO
from uuid import uuid4

import factory
import pikepdf

from medkarta.core.scopes import Actor, ActorKind, StaffScope
from medkarta.documents.models import CertificateOrder
from medkarta.documents.orders import actions
from medkarta.patients.tests.factories import NOW, AccountFactory, PatientFactory


class CertificateOrderFactory(factory.django.DjangoModelFactory):
    """An extract from the record that was just ordered."""

    class Meta:
        model = CertificateOrder

    patient = factory.SubFactory(PatientFactory)
    account = factory.SubFactory(AccountFactory)
    kind = "extract-027"
    title = "Выписка из медицинской карты, 027/у"
    status = "new"
    number = factory.Sequence(lambda n: f"МК-2026-{n:06d}")
    purpose = "В санаторий"
    delivery = "portal"
    form_key = factory.LazyFunction(uuid4)
    same_key = factory.LazyFunction(uuid4)
    ordered_at = NOW
    changed_at = factory.SelfAttribute("ordered_at")


def order_of(clinic_id, **values):
    """Return an extract of a period as a checked form gives it."""
    told = {
        "kind": "extract-027",
        "facility_id": clinic_id,
        "delivery": "portal",
        "purpose": "В санаторий",
        "answers": {"period_from": "2025-01-01", "period_until": "2026-01-01"},
    }
    return actions.Order(**{**told, **values})


def desk_of(facility_id) -> StaffScope:
    return StaffScope(Actor(ActorKind.STAFF, "desk"), facility_id, "registrar", "desk")


def pdf(*, pages: int = 1, password: str = "") -> bytes:
    """Return a real PDF."""
    made = pikepdf.new()
    for _number in range(pages):
        made.add_blank_page()
    target = BytesIO()
    made.save(target, encryption=pikepdf.Encryption(owner=password, user=password) if password else False)
    return target.getvalue()
