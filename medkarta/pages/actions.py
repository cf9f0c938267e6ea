"""Writes of announcements: by staff, and by the demo region."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Protocol

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from medkarta.audit import actions as audit
from medkarta.core.errors import Refused
from medkarta.core.scopes import Actor
from medkarta.pages import rules
from medkarta.pages.models import OLDEST, Announcement


class HasActor(Protocol):
    @property
    def actor(self) -> Actor: ...


@dataclass(frozen=True, slots=True)
class Draft:
    """An announcement as written: days and ages included on both sides; `gender` "" is everybody."""

    title: str
    text: str = ""
    href: str = ""
    action: str = ""
    icon: str = "speakerphone"
    starts_on: date | None = None
    ends_on: date | None = None
    min_age: int = 0
    max_age: int = OLDEST
    gender: str = ""
    order: int = 100


class WrongAnnouncement(Refused):
    text = _(
        "Проверьте объявление: адрес должен вести на этот сайт или начинаться с https://, сроки и возраст по порядку"
    )


@transaction.atomic
def put_announcement(scope: HasActor, draft: Draft) -> Announcement:
    """Show an announcement; one of the same title is replaced. Raises WrongAnnouncement; nothing is written then."""
    in_order = draft.min_age <= draft.max_age <= OLDEST and (
        draft.starts_on is None or draft.ends_on is None or draft.starts_on <= draft.ends_on
    )
    if not in_order or (draft.href and not rules.is_linkable(draft.href)):
        raise WrongAnnouncement
    found = Announcement.objects.filter(title=draft.title).order_by("id").first() or Announcement()
    for name, value in asdict(draft).items():
        setattr(found, name, value)
    found.is_shown = True
    found.save()
    audit.record(scope, action="pages.put_announcement", target=found)
    return found
