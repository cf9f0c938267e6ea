"""What every page shows around its content. Plain values; the config room registers who builds them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from django.http import HttpRequest

from medkarta.ui.preferences import Preferences

RECORD = "\ue000"
"""Stands for the address of the open record in the links of `Menus`; `render` puts the address in its place."""


@dataclass(frozen=True, slots=True)
class Card:
    """One person of the policy stack. `href` leads to the same section of that person.

    `attention`: how many things wait for an answer (0 = none); the texts are ready to show.
    """

    key: str
    href: str
    full_name: str
    given_short: str
    initials: str
    birth_date_text: str
    age_words: str
    policy_title: str
    policy_number_masked: str
    policy_confirmed: bool
    attention: int = 0


@dataclass(frozen=True, slots=True)
class NavItem:
    """One link of a menu. `icon` is a name from the sprite; `count` is shown when it is above 0."""

    title: str
    href: str
    icon: str = ""
    current: bool = False
    count: int = 0


@dataclass(frozen=True, eq=False)
class Menus:
    """The menus of a page. They know nobody, so whoever keeps one keeps its markup too (`made_once`).

    `nav`: all sections; `bar`: those of the bottom bar; `quick`: links above the page.
    """

    nav: tuple[NavItem, ...] = ()
    bar: tuple[NavItem, ...] = ()
    quick: tuple[NavItem, ...] = ()

    @cached_property
    def more(self) -> tuple[NavItem, ...]:
        """Sections that the bottom bar has no room for: they stand on the «Ещё» sheet."""
        in_bar = {item.href for item in self.bar}
        return tuple(item for item in self.nav if item.href not in in_bar)

    @cached_property
    def quick_besides(self) -> tuple[NavItem, ...]:
        """Quick links that no menu has: the «Ещё» sheet ends with them."""
        known = {item.href for item in (*self.nav, *self.bar)}
        return tuple(item for item in self.quick if item.href not in known)

    @cached_property
    def is_more_current(self) -> bool:
        """Tell whether the page belongs to a section of the «Ещё» sheet."""
        return any(item.current for item in self.more)


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the footer."""

    title: str
    href: str


@dataclass(frozen=True, slots=True)
class FooterGroup:
    """A titled group of footer links; the title may be empty."""

    title: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Announcement:
    """One announcement: a bold sentence, an explanation and an act (`href` and `action`, or neither)."""

    title: str
    text: str = ""
    href: str = ""
    action: str = ""
    icon: str = "speakerphone"


NO_MENUS = Menus()


@dataclass(frozen=True, slots=True)
class Shell:
    """Everything that a layout shows besides the page itself.

    An element whose href is empty is not shown: what does not exist yet is absent, not dead.
    `logout_href` and `preferences_href` take POST. `place` is the clinic of an employee (staff pages only);
    `search_hint` stands in the empty search field instead of the patients' words.
    """

    account_name: str = ""
    open_card: Card | None = None
    other_cards: tuple[Card, ...] = ()
    add_policy_href: str = ""
    menus: Menus = NO_MENUS
    footer: tuple[FooterGroup, ...] = ()
    announcement: Announcement | None = None
    preferences: Preferences = field(default_factory=Preferences)
    unread: int = 0
    is_signed_in: bool = False
    home_href: str = "/"
    login_href: str = ""
    logout_href: str = ""
    search_href: str = ""
    notifications_href: str = ""
    problem_href: str = ""
    account_href: str = ""
    preferences_href: str = ""
    place: str = ""
    search_hint: str = ""

    @property
    def cards_count(self) -> int:
        """Number of persons of the account, the open one included."""
        return len(self.other_cards) + (self.open_card is not None)


Builder = Callable[[HttpRequest], Shell]

_EMPTY = Shell()
_builders: list[Builder] = []


def register(builder: Builder) -> None:
    """Set who builds the shell of a request; the last one registered wins. Called once, at start."""
    _builders[:] = [builder]


def build(request: HttpRequest) -> Shell:
    """Return the shell of a request; a bare one while nobody is registered."""
    return _builders[0](request) if _builders else _EMPTY


def bare(request: HttpRequest) -> Shell:
    """Return the shell of a failure: the person's looks and language, as far as they are known, and nothing else."""
    preferences: Preferences | None = getattr(request, "preferences", None)
    return Shell(preferences=preferences) if preferences else _EMPTY
