"""Private calendar feeds: made and revoked by the person, read by calendar programs."""

from hashlib import sha256
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from medkarta.core import families
from medkarta.core.http import PortalRequest
from medkarta.core.scopes import FamilyScope
from medkarta.patients import queries as patients
from medkarta.scheduling import ical
from medkarta.scheduling.actions import feeds as actions
from medkarta.scheduling.calendar_forms import FeedForm
from medkarta.scheduling.queries import feeds as queries
from medkarta.scheduling.queries.calendar import list_events
from medkarta.scheduling.rules.calendar import FEED_PAST
from medkarta.scheduling.views.calendar import names_of, publisher
from medkarta.ui.format import language
from medkarta.ui.render import render

PAGE = "/account/calendar/"


@require_http_methods(["GET", "HEAD", "POST"])
def calendars(request: PortalRequest) -> HttpResponse:
    """List the feeds of the account; a POST makes one and shows its address this once."""
    away = _away(request)
    if away is not None:
        return away
    people = [(str(person), name) for person, name in names_of(request.visitor.members).items()]
    if request.method != "POST":
        return _show(request, FeedForm(people=people))
    form = FeedForm(request.POST, people=people)
    if not form.is_valid():
        return _show(request, form, status=422)
    now = timezone.now()
    try:
        made = actions.create_feed(request.visitor.family(now=now), **form.choices(), language=language(), now=now)
    except actions.TooManyFeeds as refusal:
        form.add_error(None, str(refusal.text))
        return _show(request, form, status=422)
    return _show(request, FeedForm(people=people), token=made.token)


@require_POST
def revoke(request: PortalRequest, feed_id: UUID) -> HttpResponse:
    if request.account is not None:
        actions.revoke_feed(request.account, feed_id=feed_id, now=timezone.now())
        messages.success(request, _("Подписка отозвана: по её адресу календарь больше не открывается"))
    return HttpResponseRedirect(PAGE)


@require_safe
def read(request: HttpRequest, token: str) -> HttpResponseBase:
    """Answer a calendar program. Whom the feed may show is decided anew each time; nobody: as if it never was."""
    now = timezone.now()
    feed = queries.find_feed(token)
    scope = queries.scope_of(feed, families.find(feed.account_id, now=now)) if feed else None
    if feed is None or scope is None:
        return HttpResponse(_("Календарь не найден, или подписка отозвана."), status=404, content_type="text/plain")
    with translation.override(feed.language):
        content = _content(feed, scope, list_events(scope, since=now - FEED_PAST))
    content_at = actions.note_reading(scope, feed, content=content, now=now)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-cache"
    response["Content-Disposition"] = 'inline; filename="medkarta.ics"'
    etag, modified = f'"{sha256(content).hexdigest()}"', int(content_at.timestamp())
    response["ETag"], response["Last-Modified"] = etag, http_date(modified)
    found = get_conditional_response(request, etag=etag, last_modified=modified, response=response)
    return found or response


def _content(feed: queries.FeedRow, scope: FamilyScope, events: list[ical.Event]) -> bytes:
    """Return the calendar's text. Names stand only in one that is detailed."""
    names: dict[UUID, str] = {}
    title = _("Медкарта")
    if feed.is_detailed:
        given = patients.list_given_names(scope)
        names = given if feed.person_id is None else {}
        whose = _("вся семья") if feed.person_id is None else given[feed.person_id]
        title = _("Медкарта: %(whose)s") % {"whose": whose}
    wording = ical.Wording(is_detailed=feed.is_detailed, has_address=feed.has_address, names=names)
    return ical.feed(events, title, wording, publisher())


def _away(request: PortalRequest) -> HttpResponse | None:
    """Return where somebody goes who may not see the page: to the login or to the consent, and back."""
    if request.account is None:
        return HttpResponseRedirect(f"/login?{urlencode({'next': PAGE})}")
    if not request.visitor.has_consent:
        return HttpResponseRedirect(f"/consent/?{urlencode({'next': PAGE})}")
    return None


def _show(request: PortalRequest, form: FeedForm, *, token: str = "", status: int = 200) -> HttpResponse:
    path = f"/calendar/{token}.ics"
    context = {
        "form": form,
        "feeds": queries.list_feeds(request.visitor.account),
        "names": names_of(request.visitor.members),
        "new_href": f"{settings.BASE_URL}{path}" if token else "",
        "program_href": f"webcal://{urlsplit(settings.BASE_URL).netloc}{path}" if token else "",
    }
    return render(request, "scheduling/calendar_feeds.jinja", context, status=status)
