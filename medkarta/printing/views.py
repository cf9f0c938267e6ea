"""The public check of a sheet: the page behind the QR."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from medkarta.core.http import client_address
from medkarta.printing import actions, rules
from medkarta.printing.forms import CheckForm
from medkarta.ui.render import render


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for a number and a passcode; say only whether the sheet is genuine, its day and the hash of its file."""
    if request.method != "POST":
        number = rules.read_digits(request.GET.get("number", ""))[: rules.NUMBER_DIGITS]
        return _show(request, CheckForm(initial={"number": rules.grouped(number)}))
    form = CheckForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    try:
        found = actions.check_sheet(**form.cleaned_data, address=client_address(request), now=timezone.now())
    except actions.NoSuchSheet as refusal:
        form.add_error(None, str(refusal.text))
        return _show(request, form, status=422)
    except actions.TooManyChecks as refusal:
        form.add_error(None, str(refusal.text))
        return _show(request, form, status=429)
    context = {"number": rules.grouped(found.number), "issued_at": found.issued_at, "sha256": found.pdf_sha256}
    return render(request, "printing/genuine.jinja", context)


def _show(request: HttpRequest, form: CheckForm, *, status: int = 200) -> HttpResponse:
    return render(request, "printing/verify.jinja", {"form": form}, status=status)
