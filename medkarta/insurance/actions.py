"""Writes of policies: what the provider confirmed, and what a person typed by hand."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from medkarta.audit import actions as audit
from medkarta.core.ids import digits
from medkarta.core.scopes import PatientScope
from medkarta.insurance.models import InsurancePolicy, PolicyKind


@transaction.atomic
def keep_confirmed(person_id: UUID, *, enp: str, now: datetime) -> None:
    """Keep the ЕНП that the provider confirmed for a person. Empty: it confirms none any more."""
    confirmed = InsurancePolicy.objects.filter(person_id=person_id, is_confirmed=True)
    if not enp:
        confirmed.delete()
        return
    if confirmed.filter(number=enp).exists():
        return
    confirmed.delete()
    InsurancePolicy.objects.create(
        person_id=person_id, kind=PolicyKind.UNIFIED, number=enp, is_confirmed=True, updated_at=now
    )


@transaction.atomic
def type_policy(scope: PatientScope, *, kind: str, series: str, number: str, now: datetime) -> None:
    """Keep a policy as it was typed. It stays unconfirmed: it matches, opens and creates nobody."""
    policy, _created = InsurancePolicy.objects.update_or_create(
        person_id=scope.person_id,
        is_confirmed=False,
        defaults={
            "kind": kind,
            "series": series.strip(),
            "number": digits(number) if kind != PolicyKind.OLD else number.strip(),
            "typed_by_id": scope.account_id,
            "updated_at": now,
        },
    )
    audit.record(scope, action="insurance.type_policy", target=policy)


@transaction.atomic
def remove_typed(scope: PatientScope) -> None:
    """Remove the typed policy; a confirmed one stays."""
    InsurancePolicy.objects.filter(person_id=scope.person_id, is_confirmed=False).delete()
    audit.record(scope, action="insurance.remove_policy")
