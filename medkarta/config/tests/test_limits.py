"""What a request may bring, and what an answer keeps."""

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client, RequestFactory

from medkarta.config.middleware import BodyLimitMiddleware, PrivacyHeadersMiddleware

pytestmark = pytest.mark.django_db  # the page of a refusal has the footer that staff keep

LIMIT = settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def status_of(**headers):
    request = RequestFactory().post("/feedback/", **headers)
    return BodyLimitMiddleware(lambda _request: HttpResponse("read"))(request).status_code


@pytest.mark.parametrize(
    ("length", "status"), [("", 200), ("0", 200), (str(LIMIT), 200), (str(LIMIT + 1), 413), ("-1", 413), ("x", 413)]
)
def test_body_beyond_the_limit_is_refused_unread(length, status):
    assert status_of(CONTENT_LENGTH=length) == status


@pytest.mark.django_db
def test_body_with_a_file_too_large_gets_a_page_that_says_so():
    file = SimpleUploadedFile("x", b"x" * (LIMIT + 1))

    answer = Client(enforce_csrf_checks=True).post("/feedback/", {"file": file})

    assert answer.status_code == 413
    assert answer.content.decode().count("<h1") == 1


@pytest.mark.django_db
def test_small_file_in_a_form_is_kept_nowhere(tmp_path, settings):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    request = RequestFactory().post("/feedback/", {"file": SimpleUploadedFile("x", b"x"), "kind": "question"})

    assert request.POST["kind"] == "question"
    assert not request.FILES
    assert not list(tmp_path.iterdir())


def test_answer_with_a_policy_of_its_own_keeps_it():
    """A hospital's file is sent in a sandbox; the policy of pages would take it off."""
    own = "sandbox; default-src 'none'"

    def download(_request):
        return HttpResponse(headers={"Content-Security-Policy": own})

    request = RequestFactory().get("/")

    assert PrivacyHeadersMiddleware(download)(request)["Content-Security-Policy"] == own
    assert (
        "script-src 'self'" in PrivacyHeadersMiddleware(lambda _r: HttpResponse())(request)["Content-Security-Policy"]
    )
