"""Two families with records whose every text carries a mark, so that a leak is seen whatever page it is on."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from medkarta.accounts.models import Account
from medkarta.checkups.tests.factories import CheckupFactory
from medkarta.documents.tests.factories import DocumentContentFactory, DocumentSignatureFactory, MedicalDocumentFactory
from medkarta.documents.tests.factories_orders import CertificateOrderFactory
from medkarta.facilities.tests.factories import FacilityFactory
from medkarta.immunizations.tests.factories import ImmunizationFactory
from medkarta.insurance.models import InsurancePolicy
from medkarta.integrations.storage.port import storage
from medkarta.mailer.tests.factories import SendingFactory
from medkarta.patients.models import Person
from medkarta.patients.tests.factories import AccountFactory, PatientFactory, PersonFactory, RepresentationFactory
from medkarta.prescriptions.tests.factories import PrescriptionFactory, PrescriptionRepeatFactory
from medkarta.referrals.tests.factories import ReferralFactory
from medkarta.requests.models import Request, RequestEvent
from medkarta.results.tests.factories import DiagnosticReportFactory, value_of
from medkarta.scheduling.tests.factories import AppointmentFactory, HomeVisitFactory, WaitlistFactory
from medkarta.signin.tests.factories import signed_in
from medkarta.visits.tests.factories import VisitFactory


@dataclass
class Resident:
    """A person with a record; `rows` holds one row id of each kind."""

    mark: str
    person: Person
    rows: dict[str, UUID] = field(default_factory=dict)


@dataclass
class House:
    """`owner` has a `child` that `other_parent` represents too; `stranger` is nobody's.

    Keys: `keys[account name, resident name]`.
    """

    residents: dict[str, Resident]
    accounts: dict[str, Account]
    keys: dict[tuple[str, str], str]
    facility_id: UUID

    def browser(self, name: str, **client: Any) -> Client:
        return signed_in(self.accounts[name], consent=name != "without_consent", **client)


def resident(mark: str, **person: object) -> Resident:
    found = Resident(mark, PersonFactory(family_name=f"{mark}ова", given_name=mark, patronymic=f"{mark}овна", **person))
    fill(found, PatientFactory(person=found.person, family_name=f"{mark}ова", given_name=mark))
    return found


def fill(found: Resident, patient: object) -> None:
    """Give the record one row of each kind, the mark in its texts."""
    now, mark = timezone.now(), found.mark
    report = DiagnosticReportFactory(patient=patient, name=f"Анализ {mark}", effective_at=now - timedelta(days=1))
    value = value_of(report, name=f"Показатель {mark}")
    document = MedicalDocumentFactory(patient=patient, title=f"Документ {mark}", dated_at=now - timedelta(days=2))
    DocumentContentFactory(
        owner_id=document.pk, patient=patient, storage_key=storage().put(f"%PDF-1.4 {mark}".encode())
    )
    DocumentContentFactory(
        owner_id=document.pk, patient=patient, position=2, content_type="application/octet-stream",
        storage_key=storage().put(f"Записка {mark}".encode()),
    )  # fmt: skip
    DocumentContentFactory(
        owner_id=report.pk, patient=patient, storage_key=storage().put(f"%PDF-1.4 файл {mark}".encode())
    )
    DocumentSignatureFactory(document_id=document.pk, storage_key=storage().put(f"0 подпись {mark}".encode()))
    ahead = now + timedelta(days=1)
    made = {
        "report": report,
        "observation": value,
        "document": document,
        "appointment": AppointmentFactory(patient=patient, specialty_name=f"Врач {mark}", starts_at=ahead),
        "home_visit": HomeVisitFactory(patient=patient, specialty_name=f"Вызов {mark}", starts_at=ahead),
        "waitlist": WaitlistFactory(patient=patient, specialty_name=f"Ожидание {mark}", not_after=ahead),
        "referral": ReferralFactory(patient=patient, what=f"Исследование {mark}", valid_until=ahead.date()),
        "prescription": PrescriptionFactory(patient=patient, drug_name=f"Лекарство {mark}", valid_until=ahead.date()),
        "immunization": ImmunizationFactory(patient=patient, name=f"Прививка {mark}"),
        "visit": VisitFactory(patient=patient, service=f"Приём {mark}"),
        "checkup": CheckupFactory(patient=patient, title=f"404н {mark}"),
        "order": CertificateOrderFactory(patient=patient, purpose=f"Организация {mark}", ordered_at=now),
        "repeat": PrescriptionRepeatFactory(patient=patient, drug=f"Лекарство {mark}", asked_at=now),
    }
    found.rows = {name: row.pk for name, row in made.items()}
    asked = Request.objects.create(
        number=f"МК-{mark}", kind="home-visit", person=found.person, target_id=found.rows["home_visit"], status="new",
        created_at=now, changed_at=now,
    )  # fmt: skip
    RequestEvent.objects.create(request=asked, at=now, status="new", actor_kind="person", comment=f"Шаг {mark}")
    found.rows["request"] = asked.pk
    InsurancePolicy.objects.create(person=found.person, number="5055110832001010", is_confirmed=True, updated_at=now)


@pytest.fixture
def own_storage(settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.DATA_DIR = tmp_path
    storage.cache_clear()
    yield
    storage.cache_clear()


@pytest.fixture
def house(db: None, own_storage: None) -> House:
    now = timezone.now()
    residents = {
        "owner": resident("Хозяйк"),
        "child": resident("Ребёнк", birth_date=date(now.year - 7, 1, 1)),
        "other_parent": resident("Второродит"),
        "stranger": resident("Посторонн"),
    }
    accounts = {name: AccountFactory() for name in ("owner", "other_parent", "stranger", "without_consent")}
    held = [
        ("owner", "owner", "self"),
        ("owner", "child", "parent"),
        ("other_parent", "other_parent", "self"),
        ("other_parent", "child", "parent"),
        ("stranger", "stranger", "self"),
    ]
    keys = {
        (account, whose): RepresentationFactory(
            account=accounts[account], person=residents[whose].person, kind=kind, confirmed_at=now
        ).key
        for account, whose, kind in held
    }
    for account, whose, _kind in held:
        found = residents[whose]
        sent = SendingFactory(
            account_id=accounts[account].pk, person_id=found.person.pk, subject_id=found.rows["document"],
            title=f"Отправка {found.mark}",
        )  # fmt: skip
        found.rows.setdefault("sending", sent.pk)
    return House(residents, accounts, keys, FacilityFactory(name="Поликлиника «Ясная»").pk)


@pytest.fixture
def no_provider(settings: Any) -> None:
    """Sign-in is not configured: nothing is asked of the network."""
    settings.IDENTITY = settings.IDENTITY | {"esia_url": "", "oidc_issuer": ""}
