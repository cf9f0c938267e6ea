"""The thirteen sections in their order, with address, name and icon. The one list that menus are made of."""

from dataclasses import dataclass
from functools import cache

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Section:
    """`path` is relative to `/p/<key>/` for a section of a record, absolute for a public one."""

    app: str
    path: str
    title: Promise
    icon: str
    short: Promise | None = None

    @property
    def is_public(self) -> bool:
        return self.path.startswith("/")


SECTIONS = (
    Section("home", "", _("Главная"), "home", _("Главная")),
    Section("scheduling", "appointments/", _("Вызовы и записи"), "calendar-event", _("Записи")),
    Section("referrals", "referrals/", _("Направления"), "clipboard-text"),
    Section("documents", "documents/", _("Электронные мед. документы"), "file-text", _("Документы")),
    Section("prescriptions", "prescriptions/", _("Рецепты"), "pill"),
    Section("results", "results/", _("Результаты исследований"), "flask", _("Анализы")),
    Section("immunizations", "immunizations/", _("Прививки"), "vaccine"),
    Section("checkups", "checkups/", _("Диспансеризация"), "stethoscope"),
    Section("my_facilities", "my-facilities/", _("Мои медучреждения"), "building-hospital"),
    Section("visits", "visits/", _("История посещений"), "history"),
    Section("facilities", "/facilities/", _("Карта медучреждений"), "map-pin"),
    Section("feedback", "/feedback/", _("Обратная связь"), "message-circle"),
    Section("pages", "/about/", _("О проекте"), "info-circle"),
)
BAR = ("home", "scheduling", "results", "documents")  # in the order of the bar

# Addresses without a key that lead to the person shown last, and names that `/enter/<section>` takes.
KEYLESS = {"home": "", **{one.path.rstrip("/"): one.path for one in SECTIONS if one.path and not one.is_public}}
KEYLESS |= {"requests": "requests/", "access-log": "access-log/"}
ENTRIES = {"medcard": "", **KEYLESS}


@dataclass(frozen=True, slots=True)
class NamedSection:
    """A section with its names in one language; `short` is the one for the bar."""

    section: Section
    title: str
    short: str


@cache
def sections_in(language: str) -> tuple[NamedSection, ...]:
    """Return the sections named in a language, translated once: every page shows them all."""
    with translation.override(language):
        return tuple(NamedSection(one, str(one.title), str(one.short or one.title)) for one in SECTIONS)
