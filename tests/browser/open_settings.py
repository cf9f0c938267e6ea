"""The portal's settings with a switch for the content security policy: no page may need it to be safe."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from medkarta.config.settings import *  # noqa: F403
from medkarta.config.settings import MIDDLEWARE as _MIDDLEWARE

COOKIE = "without_policy"


class PolicySwitch:
    """Answers without the policy to a browser that has the cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if COOKIE in request.COOKIES:
            del response["Content-Security-Policy"]
        return response


MIDDLEWARE = ["tests.browser.open_settings.PolicySwitch", *_MIDDLEWARE]
