"""The URL root: every room brings its own `urls.py`."""

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from medkarta.config import views
from medkarta.config.sections import KEYLESS

handler400 = "medkarta.config.errors.bad_request"
handler403 = "medkarta.config.errors.permission_denied"
handler404 = "medkarta.config.errors.page_not_found"
handler500 = "medkarta.config.errors.server_error"


def _patterns(name: str) -> list[URLPattern | URLResolver]:
    """Collect a list of patterns from every room that publishes one under this name."""
    found: list[URLPattern | URLResolver] = []
    for app in settings.INSTALLED_APPS:
        if app.startswith("medkarta.") and find_spec(f"{app}.urls"):
            room = import_module(f"{app}.urls")
            patterns = getattr(room, name, None)
            if patterns:
                found.append(path("", include((patterns, room.app_name), namespace=_space(room.app_name, name))))
    return found


def _space(app_name: str, name: str) -> str:
    return app_name if name == "record_urlpatterns" else f"{app_name}-public"


urlpatterns: list[URLPattern | URLResolver] = [
    path("p/<str:key>/", include(_patterns("record_urlpatterns"))),
    path("healthz", views.healthz),
    path("readyz", views.readyz),
    path("preferences/", views.preferences),
    path("enter/<slug:section>", views.enter),
    path("enter/<slug:section>/", views.enter),
    *(path(f"{section}/", views.keyless, {"section": section}) for section in KEYLESS),
    *_patterns("urlpatterns"),
]
