"""What nobody may see, whatever is killed."""

from collections.abc import Iterator

from medkarta.devtools.storm.facts import Evidence

AFTER_SECONDS = 2.0
"""How long after a restart an answer may still be one of a connection that has gone."""


def no_server_error(evidence: Evidence) -> Iterator[str]:
    """A failure is answered only while the database is away."""
    outages = [(one.at, one.back + AFTER_SECONDS) for one in evidence.faults if one.kind == "database"]
    for call in evidence.calls:
        if call.outcome != "failed" and not (call.op.startswith(("desk.", "import.")) and call.error):
            continue
        if not any(call.at < back and call.end > at for at, back in outages):
            yield f"{call.op} {call.id} failed ({call.status or call.error})"


def never_locked(evidence: Evidence) -> Iterator[str]:
    for call in evidence.calls:
        if call.locked:
            yield f"{call.op} {call.id} was answered «database is locked»"
    for line in evidence.logs:
        yield f"a log says: {line}"
