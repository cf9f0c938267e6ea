"""A report of a study as something that can be sent to an address: the PDF that the clinic sent with it."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from medkarta.core.errors import NotFound
from medkarta.core.scopes import PatientScope
from medkarta.integrations.storage.port import storage
from medkarta.mailer.queries import Thing
from medkarta.results import queries
from medkarta.results.models import DiagnosticReport

PDF = "application/pdf"


def find(scope: PatientScope, report_id: UUID) -> Thing:
    """Return a report that this scope may see. Raises NotFound."""
    found = queries.get_report(scope, report_id)
    has_file = any(one.is_here and one.content_type == PDF for one in found.files)
    return Thing(
        title=found.name or _("Исследование"),
        path=f"results/{report_id}/",
        is_restricted=DiagnosticReport.objects.for_scope(scope).filter(pk=report_id, is_restricted=True).exists(),
        refusal="" if has_file else _("Клиника не прислала файл с этим результатом: отправлять пока нечего"),
    )


def make(scope: PatientScope, report_id: UUID, *, now: datetime) -> bytes:
    """Return the PDF of a report, the bytes that came. Raises NotFound, FileMissing."""
    found = queries.get_report(scope, report_id)
    for one in found.files:
        if one.is_here and one.content_type == PDF:
            with storage().open(queries.get_file(scope, report_id, one.position).storage_key) as opened:
                return opened.read()
    raise NotFound
