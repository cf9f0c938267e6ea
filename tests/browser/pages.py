"""Every page of the portal and how to come to it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.browser import booking_steps, sending_steps, sheet_steps, waitlist_steps
from tests.browser.booking_steps import BOOK, DENTIST, ENDOCRINOLOGIST, SURGEON, of_child, of_referral, of_specialty
from tests.browser.people import OLEG, OLGA, UNCONFIRMED, press_person, sign_in

UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
KEYLESS_PAGES = {"facilities": "/facilities/", "feedback": "/feedback/", "about": "/about/"}
LISTS = {
    **{name: f"{name}/" for name in ("appointments", "referrals", "documents", "prescriptions", "results")},
    **{name: f"{name}/" for name in ("immunizations", "checkups", "my-facilities", "visits")},
    **{name: f"{name}/" for name in ("requests", "access-log", "policy")},
    "calendar": "appointments/calendar/",
    "family-calendar": "appointments/calendar/?who=all",
}
DETAILS = {
    "appointment": ("appointments/", rf"appointments/{UUID}/"),
    "home-visit": ("appointments/", rf"appointments/home-visits/{UUID}/"),
    "waitlist": ("appointments/", rf"appointments/waitlist/{UUID}/"),
    "referral": ("referrals/", rf"referrals/{UUID}/"),
    "document": ("documents/", rf"documents/{UUID}/"),
    "prescription": ("prescriptions/", rf"prescriptions/{UUID}/"),
    "report": ("results/", rf"results/{UUID}/"),
    "immunization": ("immunizations/", rf"immunizations/{UUID}/"),
    "visit": ("visits/", rf"visits/{UUID}/"),
}


@dataclass(frozen=True)
class Place:
    """A page and who looks at it: `anna`, or `nobody` without an account. `status`: of the last answer."""

    who: str
    go: Callable[[Page, str], None]
    status: int = 200


def at(path: str) -> Callable[[Page, str], None]:
    """Go straight to an address; `{key}` is the own record's."""

    def go(page: Page, key: str) -> None:
        page.goto(path.replace("{key}", key))

    return go


def first_link(path: str, pattern: str) -> Callable[[Page, str], None]:
    """Go to a list and from there to the first page of a kind."""

    def go(page: Page, key: str) -> None:
        start = path.replace("{key}", key)
        page.goto(hrefs(page, start, pattern)[0])

    return go


def hrefs(page: Page, path: str, pattern: str) -> list[str]:
    """Return the addresses that a page links to and that end in `pattern`; at least one is there."""
    html = page.request.get(path).text()
    found = re.findall(rf'href="([^"]*{pattern})"', html)
    assert found, f"{path} links to nothing like {pattern}"
    return [urlsplit(one).path for one in found]


def printed(path: str, pattern: str) -> Callable[[Page, str], None]:
    """Go to the first page of a kind, and from there to its page for paper."""

    def go(page: Page, key: str) -> None:
        first_link(path, pattern)(page, key)
        page.goto(f"{page.url}print/")

    return go


def other_record(name: str, section: str = "") -> Callable[[Page, str], None]:
    """Go to a section of another person of the stack."""

    def go(page: Page, key: str) -> None:
        page.goto(f"/p/{key}/{section}")
        link = page.locator(".mk-pol__next", has_text=name).first
        page.goto(link.get_attribute("href") or "")

    return go


def faulty_feedback(page: Page, key: str) -> None:
    page.goto("/feedback/")
    send_feedback(page, text="коротко")


def sent_feedback(page: Page, key: str) -> None:
    page.goto("/feedback/")
    page.locator("input[name=kind]").first.check()
    page.locator("select[name=category]").select_option(index=1)
    send_feedback(page, text="Не открывается список рецептов на телефоне.")
    page.wait_for_url("**/feedback/done/**")


def send_feedback(page: Page, *, text: str) -> None:
    """Fill in the text and send, past the browser's own checks."""
    form = page.locator("main form[method=post]")
    form.locator("textarea").fill(text)
    form.evaluate("form => { form.noValidate = true; }")
    form.locator("button[type=submit]").click()
    page.wait_for_load_state()


def refused_login(page: Page, key: str) -> None:
    page.goto("/login")
    page.locator("details summary").click()
    page.get_by_label("Код ошибки").select_option("ESIA-007019")
    page.get_by_role("button", name="Вернуть ошибку").click()
    page.wait_for_load_state()


def unconfirmed(page: Page, key: str) -> None:
    press_person(page, UNCONFIRMED)


def consent(page: Page, key: str) -> None:
    press_person(page, OLGA)


def withdrawal(page: Page, key: str) -> None:
    page.goto("/account/")
    page.locator("form[action*=withdraw] button").click()
    page.wait_for_load_state()


def made_feed(page: Page, key: str) -> None:
    page.goto("/account/calendar/")
    page.get_by_role("button", name="Создать подписку").click()
    page.wait_for_load_state()


NEW_CALL = "/p/{key}/appointments/home-visits/new/"


def call_form(page: Page, key: str) -> None:
    """Pass the red flags of calling a doctor home."""
    page.goto(NEW_CALL.replace("{key}", key))
    answer_flags(page, "none")


def call_stopped(page: Page, key: str) -> None:
    page.goto(NEW_CALL.replace("{key}", key))
    answer_flags(page, "stroke")


def answer_flags(page: Page, code: str) -> None:
    page.locator(f"input[name=flag][value={code}]").check()
    page.locator("main form button[type=submit]").click()
    page.wait_for_load_state()


def faulty_call(page: Page, key: str) -> None:
    call_form(page, key)
    page.locator("main form").evaluate("form => { form.noValidate = true; }")
    page.locator("main form button[type=submit]").click()
    page.wait_for_load_state()


def trend(page: Page, key: str) -> None:
    """Go from the newest laboratory report to the trend of its first value."""
    page.goto(hrefs(page, f"/p/{key}/results/?kind=laboratory", rf"results/{UUID}/")[0])
    page.goto(hrefs(page, page.url, rf"results/trends/{UUID}/")[0])


def report_on_paper(page: Page, key: str) -> None:
    page.goto(f"{hrefs(page, f'/p/{key}/results/?kind=laboratory', rf'results/{UUID}/')[0]}print/")


def own_call(page: Page, key: str) -> None:
    """Call a doctor to Мария, or open the call that she has already: Анна's own form stays open for others."""
    other_record("Мария", "requests/")(page, key)
    child = urlsplit(page.url).path.split("/")[2]
    page.goto(f"/p/{child}/requests/?kind=home-visit&state=open")
    if page.locator("main tbody a").count():
        page.locator("main tbody a").first.click()
        page.locator("main .btn-primary").click()
    else:
        call_form(page, child)
        page.locator("textarea").fill("Кашель и слабость")
        page.locator("input[name=can_come][value=no]").check()
        page.locator("input[name=childcare][value=school]").check()
        page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/home-visits/*-*/")


def own_call_cancel(page: Page, key: str) -> None:
    own_call(page, key)
    page.goto(f"{page.url}cancel/")


def own_request(page: Page, key: str) -> None:
    own_call(page, key)
    child = urlsplit(page.url).path.split("/")[2]
    page.goto(f"/p/{child}/requests/?kind=home-visit")
    page.locator("main tbody a").first.click()
    page.wait_for_load_state()


def own_request_cancel(page: Page, key: str) -> None:
    own_request(page, key)
    page.goto(f"{page.url}cancel/")


NEW_CERTIFICATE = "/p/{key}/documents/orders/new/"


def faulty_certificate(page: Page, key: str) -> None:
    page.goto(f"{NEW_CERTIFICATE.replace('{key}', key)}tax/")
    page.locator("input[name=q_inn]").fill("500100732258")
    page.locator("main form button[type=submit]").click()
    page.wait_for_load_state()


def certificate_of(status: str) -> Callable[[Page, str], None]:
    """Go to an order of the demo that is in a state."""

    def go(page: Page, key: str) -> None:
        page.goto(f"/p/{key}/documents/orders/")
        page.locator("main tbody tr", has_text=status).locator(".c-what a").first.click()
        page.wait_for_load_state()

    return go


def certificate_cancel(page: Page, key: str) -> None:
    certificate_of("Создана")(page, key)
    page.goto(f"{page.url}cancel/")


def repeat_form(page: Page, key: str, *, place: int = 0) -> None:
    """Go to the form that asks for a dispensed prescription of the demo again."""
    page.goto(f"/p/{key}/prescriptions/?status=dispensed")
    page.locator("main tbody a").nth(place).click()
    page.wait_for_load_state()
    page.goto(f"{page.url}repeat/")


def own_repeat(page: Page, key: str) -> None:
    repeat_form(page, key, place=-1)
    page.locator("main .btn-primary").first.click()
    page.wait_for_url("**/prescriptions/repeats/*/")


def own_repeat_cancel(page: Page, key: str) -> None:
    own_repeat(page, key)
    page.goto(f"{page.url}cancel/")


def absence(page: Page, key: str) -> None:
    """Go to what a person is asked whose doctor is away."""
    own = sign_in(page, OLEG)
    for path in hrefs(page, f"/p/{own}/appointments/?kind=appointments&state=ahead", rf"/appointments/{UUID}/"):
        page.goto(path)
        question = page.locator("main a[href$='/absence/']")
        if question.count():
            question.click()
            page.wait_for_load_state()
            return


PLACES: dict[str, Place] = {
    "home": Place("anna", at("/p/{key}/")),
    **{name: Place("anna", at(f"/p/{{key}}/{path}")) for name, path in LISTS.items()},
    **{name: Place("anna", first_link(f"/p/{{key}}/{path}", found)) for name, (path, found) in DETAILS.items()},
    "call-doctor": Place("anna", at(NEW_CALL)),
    "call-doctor-stop": Place("anna", call_stopped),
    "call-doctor-form": Place("anna", call_form),
    "call-doctor-errors": Place("anna", faulty_call, 422),
    "called": Place("anna", own_call),
    "called-cancel": Place("anna", own_call_cancel),
    "request": Place("anna", own_request),
    "request-cancel": Place("anna", own_request_cancel),
    "document-print": Place("anna", printed("/p/{key}/documents/", rf"documents/{UUID}/")),
    "documents-found": Place("anna", at("/p/{key}/documents/?q=жалобы&since=2020-01-01")),
    "trend": Place("anna", trend),
    "report-print": Place("anna", report_on_paper),
    "repeat-form": Place("anna", repeat_form),
    "repeat": Place("anna", own_repeat),
    "repeat-cancel": Place("anna", own_repeat_cancel),
    "certificates": Place("anna", at("/p/{key}/documents/orders/")),
    "certificate-kinds": Place("anna", at(NEW_CERTIFICATE)),
    "certificate-form": Place("anna", at(f"{NEW_CERTIFICATE}applicant-086/")),
    "certificate-errors": Place("anna", faulty_certificate, 422),
    "certificate-closed": Place("anna", at(f"{NEW_CERTIFICATE}driver-003/")),
    "certificate-ready": Place("anna", certificate_of("Готова")),
    "certificate-visit": Place("anna", certificate_of("Нужен визит")),
    "certificate-refused": Place("anna", certificate_of("Отказано")),
    "certificate-cancel": Place("anna", certificate_cancel),
    "book": Place("anna", at(BOOK)),
    "book-doctors": Place("anna", at(f"{BOOK}doctors/?q=каминская")),
    "book-nobody": Place("anna", at(f"{BOOK}doctors/?q=никого")),
    "book-places": Place("anna", at(f"{BOOK}clinics/")),
    "book-clinics": Place("anna", of_specialty(DENTIST)),
    "book-times": Place("anna", of_specialty(SURGEON)),
    "book-why": Place("anna", of_specialty(ENDOCRINOLOGIST)),
    "book-referral": Place("anna", of_referral),
    "book-child": Place("anna", of_child),
    "book-held": Place("anna", booking_steps.held),
    "book-let-go": Place("anna", booking_steps.let_go),
    "book-move": Place("anna", booking_steps.moving),
    "book-cancel": Place("anna", booking_steps.cancelling),
    "waitlist-form": Place("anna", waitlist_steps.form),
    "waitlist-errors": Place("anna", waitlist_steps.faulty_form, 422),
    "waitlist-closed": Place("anna", at(waitlist_steps.NEW)),
    "waitlist-swap": Place("anna", waitlist_steps.swap),
    "waitlist-own": Place("anna", waitlist_steps.own_entry),
    "waitlist-offer": Place("anna", waitlist_steps.offer),
    "waitlist-leave": Place("anna", waitlist_steps.leaving),
    "child-home": Place("anna", other_record("Пётр")),
    "child-immunizations": Place("anna", other_record("Пётр", "immunizations/")),
    "teen-results": Place("anna", other_record("Мария", "results/")),
    "no-match": Place("anna", at("/p/{key}/prescriptions/?q=нетакоголекарства")),
    **{name: Place("anna", at(path)) for name, path in KEYLESS_PAGES.items()},
    "facility": Place("anna", first_link("/facilities/", rf"facilities/{UUID}/")),
    "feedback-errors": Place("anna", faulty_feedback, 422),
    "feedback-done": Place("anna", sent_feedback),
    "account": Place("anna", at("/account/")),
    "calendar-feeds": Place("anna", at("/account/calendar/")),
    "calendar-feed-made": Place("anna", made_feed),
    "withdrawal": Place("anna", withdrawal),
    "notifications": Place("anna", at("/notifications/")),
    "notification-settings": Place("anna", at("/account/notifications/")),
    "messages-consent": Place("anna", at("/account/notifications/consent/")),
    "send": Place("anna", sending_steps.form),
    "send-errors": Place("anna", sending_steps.faulty_form, 422),
    "send-check": Place("anna", sending_steps.second_look),
    "sending": Place("anna", sending_steps.sent),
    "sendings": Place("anna", sending_steps.list_of_sent),
    "sent": Place("nobody", at("/sent/no-such-link/")),
    "sent-errors": Place("nobody", sending_steps.wrong_code, 422),
    "mailbox": Place("nobody", at("/demo/mailbox/")),
    "missing-in-record": Place("anna", at("/p/{key}/nothing-here/"), 404),
    "start": Place("nobody", at("/")),
    "public-facilities": Place("nobody", at("/facilities/")),
    "public-feedback": Place("nobody", at("/feedback/")),
    "public-verify": Place("nobody", at("/verify/?number=4830557211906634")),
    "verify-genuine": Place("anna", sheet_steps.genuine),
    "verify-doubtful": Place("nobody", sheet_steps.doubtful, 422),
    "privacy": Place("nobody", at("/about/privacy/")),
    "accessibility": Place("nobody", at("/about/accessibility/")),
    "help": Place("nobody", at("/help/")),
    "help-topic": Place("nobody", first_link("/help/", r"/help/[a-z0-9-]+/")),
    "missing": Place("nobody", at("/nothing-here/"), 404),
    "login-refused": Place("nobody", refused_login, 400),
    "login-stale": Place("nobody", at("/login/esia/callback?state=old&code=old"), 400),
    "unconfirmed": Place("nobody", unconfirmed, 403),
    "consent": Place("nobody", consent),
    "absence": Place("nobody", absence),
}
