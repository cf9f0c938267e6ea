"""Public pages: start, about, help. They show no record."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from medkarta.core.http import PortalRequest
from medkarta.pages import library, product
from medkarta.ui.format import language
from medkarta.ui.render import render


@require_safe
def start(request: PortalRequest) -> HttpResponse:
    return render(request, "pages/start.jinja", {"is_signed_in": request.account is not None, "tiles": _tiles()})


@require_safe
def about(request: PortalRequest) -> HttpResponse:
    return render(
        request,
        "pages/about.jinja",
        {
            "version": product.VERSION,
            "releases": product.releases(),
            "licences": product.parts(),
            "operator_name": _(settings.OPERATOR_NAME),
            "operator_address": _(settings.OPERATOR_ADDRESS),
            "operator_contact": settings.OPERATOR_CONTACT,
        },
    )


@require_safe
def privacy(request: PortalRequest) -> HttpResponse:
    return _text(request, "privacy")


@require_safe
def accessibility(request: PortalRequest) -> HttpResponse:
    return _text(request, "accessibility")


@require_safe
def list_help(request: PortalRequest) -> HttpResponse:
    topics = [(slug, library.text_of(slug, language())) for slug in library.HELP]
    return render(request, "pages/help.jinja", {"topics": topics})


@require_safe
def show_help(request: PortalRequest, slug: str) -> HttpResponse:
    if slug not in library.HELP:
        raise Http404
    others = [(one, library.text_of(one, language())) for one in library.HELP if one != slug]
    return render(
        request,
        "pages/topic.jinja",
        {"text": library.text_of(slug, language()), "lang": _lang(slug), "others": others},
    )


def _text(request: PortalRequest, slug: str) -> HttpResponse:
    contact = settings.OPERATOR_CONTACT or _("через форму обратной связи")
    values = {
        "operator_name": _(settings.OPERATOR_NAME),
        "operator_address": _(settings.OPERATOR_ADDRESS),
        "operator_contact": contact,
    }
    return render(request, "pages/text.jinja", {"text": library.fill(slug, language(), values), "lang": _lang(slug)})


def _lang(slug: str) -> str:
    return language() if library.is_translated(slug, language()) else "ru"


def _tiles() -> list[tuple[str, str, str, str]]:
    return [
        (_("Медицинская карта"), _("Вся история: приёмы, документы, прививки"), "/enter/medcard", "heartbeat"),
        (
            _("Записи и вызовы"),
            _("Когда и\u00a0к\u00a0какому врачу вы записаны"),
            "/enter/appointments",
            "calendar-event",
        ),
        (_("Результаты анализов"), _("С\u00a0нормами и\u00a0пояснениями словами"), "/enter/results", "flask"),
        (_("Рецепты"), _("Номер для аптеки и\u00a0срок действия"), "/enter/prescriptions", "pill"),
        (_("Прививки"), _("Что сделано вам и\u00a0детям"), "/enter/immunizations", "vaccine"),
        (_("Документы"), _("Выписки и справки, можно скачать"), "/enter/documents", "file-text"),
        (_("Диспансеризация"), _("Какие осмотры пройдены и\u00a0когда"), "/enter/checkups", "stethoscope"),
        (_("Карта медучреждений"), _("Часы, телефоны, рейтинг. Без\u00a0входа"), "/facilities/", "map-pin"),
    ]
