"""A report of a study as something that can be sent to an address: the clinic's own PDF, else its values on a sheet."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from medkarta.core.scopes import PatientScope
from medkarta.integrations.storage.port import storage
from medkarta.mailer.queries import Thing
from medkarta.results import queries, sheet
from medkarta.results.models import DiagnosticReport

PDF = "application/pdf"


def find(scope: PatientScope, report_id: UUID) -> Thing:
    """Return a report that this scope may see. Raises NotFound."""
    found = queries.get_report(scope, report_id)
    can_be_made = sheet.has_words(found) or any(one.is_here and one.content_type == PDF for one in found.files)
    return Thing(
        title=found.name or _("Исследование"),
        path=f"results/{report_id}/",
        is_restricted=DiagnosticReport.objects.for_scope(scope).filter(pk=report_id, is_restricted=True).exists(),
        refusal="" if can_be_made else _("Клиника ещё не прислала сам результат: отправлять пока нечего"),
    )


def make(scope: PatientScope, report_id: UUID, *, now: datetime) -> bytes:
    """Return a report as a PDF: the bytes that came where they are one. Raises NotFound, FileMissing."""
    found = queries.get_report(scope, report_id)
    for one in found.files:
        if one.is_here and one.content_type == PDF:
            with storage().open(queries.get_file(scope, report_id, one.position).storage_key) as opened:
                return opened.read()
    return sheet.issue(scope, report_id, now=now).pdf
