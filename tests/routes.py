"""Every address of the portal and what it owes to whom: a route that is not here fails the walk."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver

SAFE = ("GET", "HEAD")
KEY = "p/<str:key>/"


@dataclass(frozen=True)
class Record:
    """A page of one person's record. `row`: kind of the row whose id the address holds, `values`: its other parts.

    `query`: what the address needs to show whose it is. `statuses`: what the owner's bare request gets where that is
    neither the page nor a form with errors: an address that only takes forms, or leads on.
    """

    methods: tuple[str, ...] = SAFE
    row: str = ""
    values: tuple[tuple[str, str], ...] = ()
    query: str = ""
    statuses: tuple[tuple[str, int], ...] = ()

    def expected(self, method: str) -> int:
        """Return what the owner gets for a request with nothing in it."""
        usual = {"GET": 200, "HEAD": 200, "POST": 422} | dict(self.statuses)
        return usual[method] if method in self.methods else 405


@dataclass(frozen=True)
class Open:
    """Anything without a key: by method the status for (anonymous, without consent, signed in)."""

    statuses: dict[str, tuple[int, int, int]]
    values: tuple[tuple[str, str], ...] = ()


def takes(*, row: str = "", **statuses: int) -> Record:
    """A step in a record: which methods it takes, and what a bare request gets."""
    return Record(tuple(statuses), row=row, statuses=tuple(statuses.items()))


def page(*, values: tuple[tuple[str, str], ...] = (), **others: tuple[int, int, int]) -> Open:
    """A public page for everybody."""
    return Open({"GET": (200, 200, 200), "HEAD": (200, 200, 200), **others}, values)


LEADS = Open({"GET": (302, 302, 302), "HEAD": (302, 302, 302)})
LISTS = (
    *("appointments", "referrals", "documents", "prescriptions", "results", "immunizations", "checkups"),
    *("my-facilities", "visits", "requests", "access-log"),
)
NO_PROVIDER = Open({"GET": (503, 302, 302)})

ROUTES: dict[str, Record | Open] = {
    KEY: Record(),
    **{f"{KEY}{name}/": Record() for name in LISTS},
    f"{KEY}policy/": Record(("GET", "HEAD", "POST")),
    f"{KEY}requests/<uuid:request_id>/": Record(row="request"),
    f"{KEY}requests/<uuid:request_id>/cancel/": Record(("GET", "HEAD", "POST"), row="request"),
    f"{KEY}appointments/calendar/": Record(),
    **{f"{KEY}appointments/book/{name}": Record() for name in ("", "doctors/", "clinics/", "times/", "why/")},
    f"{KEY}appointments/<uuid:appointment_id>/": Record(row="appointment"),
    f"{KEY}appointments/home-visits/new/": Record(("GET", "HEAD", "POST")),
    f"{KEY}appointments/home-visits/<uuid:request_id>/": Record(row="home_visit"),
    f"{KEY}appointments/home-visits/<uuid:request_id>/cancel/": Record(("GET", "HEAD", "POST"), row="home_visit"),
    f"{KEY}appointments/<uuid:appointment_id>/calendar.ics": Record(row="appointment", query="?details=1"),
    f"{KEY}appointments/home-visits/<uuid:request_id>/calendar.ics": Record(row="home_visit", query="?details=1"),
    f"{KEY}appointments/waitlist/<uuid:entry_id>/": Record(row="waitlist"),
    f"{KEY}appointments/waitlist/new/": takes(GET=200, HEAD=200, POST=409),
    f"{KEY}appointments/waitlist/<uuid:entry_id>/leave/": takes(row="waitlist", GET=200, HEAD=200, POST=404),
    f"{KEY}appointments/waitlist/<uuid:entry_id>/keep/": takes(row="waitlist", POST=404),
    **{
        f"{KEY}appointments/waitlist/<uuid:entry_id>/offers/<uuid:offer_id>/{answer}/": Record(
            ("POST",), row="waitlist", values=(("offer_id", str(UUID(int=1))),), statuses=(("POST", 404),)
        )
        for answer in ("accept", "decline")
    },
    **{f"{KEY}appointments/book/{step}/": takes(POST=404) for step in ("hold", "extend")},
    f"{KEY}appointments/book/release/": takes(POST=303),
    f"{KEY}appointments/book/confirm/": takes(GET=404, HEAD=404, POST=404),
    f"{KEY}appointments/<uuid:appointment_id>/move/": takes(row="appointment", GET=303, HEAD=303),
    f"{KEY}appointments/<uuid:appointment_id>/cancel/": takes(row="appointment", GET=200, HEAD=200, POST=303),
    f"{KEY}appointments/<uuid:appointment_id>/absence/": takes(row="appointment", GET=303, HEAD=303, POST=303),
    f"{KEY}referrals/<uuid:referral_id>/": Record(row="referral"),
    f"{KEY}documents/orders/": Record(),
    f"{KEY}documents/orders/new/": Record(),
    f"{KEY}documents/orders/new/<slug:code>/": Record(("GET", "HEAD", "POST"), values=(("code", "extract-027"),)),
    f"{KEY}documents/orders/<uuid:order_id>/": Record(row="order"),
    f"{KEY}documents/orders/<uuid:order_id>/cancel/": Record(("GET", "HEAD", "POST"), row="order"),
    f"{KEY}documents/<uuid:document_id>/": Record(row="document"),
    f"{KEY}documents/<uuid:document_id>/print/": Record(row="document"),
    f"{KEY}documents/<uuid:document_id>/pdf/": takes(row="document", GET=302, HEAD=302),
    f"{KEY}documents/<uuid:document_id>/inside/": takes(row="document", GET=404, HEAD=404),
    f"{KEY}documents/<uuid:document_id>/pictures/<int:number>/": Record(
        row="document", values=(("number", "1"),), statuses=(("GET", 404), ("HEAD", 404))
    ),
    f"{KEY}documents/<uuid:document_id>/files/<int:position>/": Record(row="document", values=(("position", "1"),)),
    f"{KEY}documents/<uuid:document_id>/signatures/<int:number>/": Record(row="document", values=(("number", "1"),)),
    f"{KEY}documents/<uuid:document_id>/files/<int:position>/view/": Record(
        row="document", values=(("position", "2"),)
    ),
    f"{KEY}send/": Record(),
    f"{KEY}send/<slug:kind>/<uuid:subject_id>/": Record(
        ("GET", "HEAD", "POST"), row="document", values=(("kind", "documents"),)
    ),
    f"{KEY}send/sent/<uuid:sending_id>/": Record(row="sending"),
    f"{KEY}send/sent/<uuid:sending_id>/revoke/": takes(row="sending", POST=303),
    f"{KEY}prescriptions/<uuid:prescription_id>/": Record(row="prescription"),
    f"{KEY}prescriptions/<uuid:prescription_id>/pdf/": Record(row="prescription"),
    f"{KEY}prescriptions/<uuid:prescription_id>/repeat/": Record(("GET", "HEAD", "POST"), row="prescription"),
    f"{KEY}prescriptions/repeats/<uuid:repeat_id>/": Record(row="repeat"),
    f"{KEY}prescriptions/repeats/<uuid:repeat_id>/cancel/": Record(("GET", "HEAD", "POST"), row="repeat"),
    f"{KEY}referrals/<uuid:referral_id>/pdf/": Record(row="referral"),
    f"{KEY}immunizations/pdf/": Record(),
    f"{KEY}results/<uuid:report_id>/": Record(row="report"),
    f"{KEY}results/<uuid:report_id>/print/": Record(row="report"),
    f"{KEY}results/<uuid:report_id>/values.csv": Record(row="report"),
    f"{KEY}results/trends/<uuid:observation_id>/": Record(row="observation"),
    f"{KEY}results/trends/<uuid:observation_id>/values.csv": Record(row="observation"),
    f"{KEY}results/<uuid:report_id>/files/<int:position>/": Record(row="report", values=(("position", "1"),)),
    f"{KEY}immunizations/<uuid:immunization_id>/": Record(row="immunization"),
    f"{KEY}visits/<uuid:visit_id>/": Record(row="visit"),
    "": page(),
    **{f"{name}/": LEADS for name in ("home", *LISTS)},
    "about/": page(),
    "about/privacy/": page(),
    "about/accessibility/": page(),
    "help/": page(),
    "help/<slug:slug>/": page(values=(("slug", "entry"),)),
    "facilities/": page(),
    "facilities/<uuid:facility_id>/": page(values=(("facility_id", "{facility}"),)),
    "feedback/": page(POST=(422, 422, 422)),
    "verify/": page(POST=(422, 422, 422)),
    "feedback/done/<str:token>/": Open({"GET": (404, 404, 404), "HEAD": (404, 404, 404)}, (("token", "forged"),)),
    "visit/<str:token>/": Open(dict.fromkeys((*SAFE, "POST"), (404, 404, 404)), (("token", "forged"),)),
    "healthz": page(),
    "readyz": Open({"GET": (503, 503, 503), "HEAD": (503, 503, 503)}),
    "preferences/": Open({"POST": (302, 302, 302)}),
    "enter/<slug:section>": Open(LEADS.statuses, (("section", "medcard"),)),
    "enter/<slug:section>/": Open(LEADS.statuses, (("section", "visits"),)),
    "login": NO_PROVIDER,
    "login/": NO_PROVIDER,
    "login/<slug:name>": Open({"GET": (404, 302, 302)}, (("name", "esia"),)),
    "login/<slug:name>/callback": Open({"GET": (404, 404, 404)}, (("name", "esia"),)),
    "consent/": Open({"GET": (302, 200, 302), "HEAD": (302, 200, 302), "POST": (302, 422, 302)}),
    "logout": Open({"GET": (302, 200, 200), "HEAD": (302, 200, 200), "POST": (302, 302, 302)}),
    "account/": Open({"GET": (302, 200, 200), "HEAD": (302, 200, 200)}),
    "account/calendar/": Open({"GET": (302, 302, 200), "HEAD": (302, 302, 200), "POST": (302, 302, 422)}),
    "account/calendar/<uuid:feed_id>/revoke/": Open({"POST": (302, 404, 404)}, (("feed_id", "{feed}"),)),
    "calendar/<str:token>.ics": Open({"GET": (404, 404, 404), "HEAD": (404, 404, 404)}, (("token", "forged"),)),
    "account/sessions/<uuid:session_id>/revoke/": Open({"POST": (302, 404, 404)}, (("session_id", "{session}"),)),
    "account/sign-out-everywhere/": Open({"POST": (302, 302, 302)}),
    "account/withdraw-consent/": Open({"POST": (302, 200, 200)}),
    **{
        f"account/notifications/{name}": Open(
            {"GET": (302, 200, 200), "HEAD": (302, 200, 200), "POST": (302, *(status,) * 2)}
        )
        for name, status in (("", 302), ("consent/", 422))
    },
    "account/notifications/withdraw/": Open({"POST": (302, 200, 200)}),
    "account/notifications/address/": Open({"POST": (302, 422, 422)}),
    "account/notifications/address/drop/": Open({"POST": (302, 302, 302)}),
    "account/notifications/devices/": Open({"POST": (302, 302, 302)}),
    "account/notifications/devices/<uuid:subscription_id>/forget/": Open(
        {"POST": (302, 404, 404)}, (("subscription_id", "{device}"),)
    ),
    "notifications/": Open({"GET": (302, 200, 200), "HEAD": (302, 200, 200)}),
    "notifications/read/": Open({"POST": (302, 302, 302)}),
    "notifications/<uuid:notice_id>/": Open(
        {"GET": (302, 404, 404), "HEAD": (302, 404, 404)}, (("notice_id", "{notice}"),)
    ),
    **{
        f"mail/{name}/<str:token>/": Open(dict.fromkeys((*SAFE, "POST"), (404, 404, 404)), (("token", "forged"),))
        for name in ("confirm", "stop")
    },
    "sent/<str:token>/": page(values=(("token", "forged"),), POST=(422, 422, 422)),
    "sw.js": page(),
    "demo/mailbox/": page(),
    "demo/mailbox/<slug:letter_id>/": Open(
        {"GET": (404, 404, 404), "HEAD": (404, 404, 404)}, (("letter_id", "0" * 32),)
    ),
    "demo/mailbox/<slug:letter_id>/files/<int:number>/": Open(
        {"GET": (404, 404, 404), "HEAD": (404, 404, 404)}, (("letter_id", "0" * 32), ("number", "1"))
    ),
}


def known_routes() -> list[str]:
    """Return every pattern of the URLconf as one text."""
    return [route for route, _ in walk(get_resolver().url_patterns, "")]


def walk(patterns: list[Any], prefix: str) -> Any:
    for one in patterns:
        route = f"{prefix}{one.pattern}"
        if isinstance(one, URLResolver):
            yield from walk(one.url_patterns, route)
        elif isinstance(one, URLPattern):
            yield route, one.callback


def path_of(route: str, **values: object) -> str:
    """Return an address of a route."""
    return "/" + re.sub(r"<\w+:(\w+)>", lambda part: str(values[part[1]]), route)


def row_name(route: str) -> str:
    """Return the name of the id in a route of one row."""
    return next(part for part in route.split("/") if part.startswith("<uuid:")).strip("<>").partition(":")[2]
