import hashlib
import threading
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from medkarta.audit.models import AuditEvent
from medkarta.core.blocks import paragraph
from medkarta.printing import actions, queries, rules
from medkarta.printing.models import FailedCheck, IssuedSheet
from medkarta.printing.tests.factories import NOW, sheet

pytestmark = pytest.mark.django_db
SUBJECT, PERSON = UUID(int=1), UUID(int=2)
LATER = NOW + timedelta(days=40)
HOME, AWAY = "192.0.2.1", "192.0.2.2"


def issue(one=None, *, subject=SUBJECT, kind="certificate", now=NOW):
    return actions.issue(kind, subject, PERSON, one or sheet(), now=now)


def check(issued, *, number=None, passcode=None, address=HOME, now=NOW):
    return actions.check_sheet(
        number=number or issued.number, passcode=passcode or issued.passcode, address=address, now=now
    )


def wrong_of(issued):
    return f"{(int(issued.passcode) + 1) % 10**8:08d}"


def test_issue_gives_the_same_sheet_for_the_same_content():
    first, again = issue(), issue(now=LATER)

    assert again == first
    assert again.issued_at == NOW
    assert IssuedSheet.objects.count() == 1
    assert first.sha256 == hashlib.sha256(first.pdf).hexdigest()
    assert (len(first.number), len(first.passcode)) == (16, 8)


def test_issue_gives_another_number_for_anything_else():
    numbers = {
        issue().number,
        issue(sheet(paragraph("Другое"))).number,
        issue(subject=UUID(int=3)).number,
        issue(kind="other").number,
        issue(replace(sheet(), dated_at=None)).number,
    }

    assert len(numbers) == 5


def test_issue_dates_a_sheet_without_a_moment_by_its_issue():
    undated = replace(sheet(), dated_at=None)

    assert issue(undated).pdf == issue(undated, now=LATER).pdf
    assert b"D:20261125" in issue(undated).pdf


def test_issue_keeps_nothing_of_the_content():
    issue()

    row = IssuedSheet.objects.get()
    assert {field.name for field in row._meta.fields} == {
        *("id", "number", "kind", "subject_id", "patient_id", "content_hash", "pdf_sha256", "issued_at")
    }
    assert (row.patient_id, row.subject_id, row.kind) == (PERSON, SUBJECT, "certificate")


def test_issue_under_another_secret_key_is_another_sheet_and_the_old_one_stays_genuine(settings):
    old = issue()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 10

    new = issue(now=LATER)

    assert new.number != old.number
    assert check(old).issued_at == NOW
    assert check(new).issued_at == LATER


def test_issue_tells_of_bytes_that_are_not_those_of_the_register(caplog):
    issue()
    IssuedSheet.objects.update(pdf_sha256="0" * 64)

    issue()

    assert [record.message for record in caplog.records] == [
        f"sheet {IssuedSheet.objects.get().pk} is not what was issued"
    ]


@pytest.mark.django_db(transaction=True)
def test_issue_at_once_from_many_threads_makes_one_sheet():
    found, start = [], threading.Barrier(4)

    def run():
        try:
            start.wait()
            found.append(issue())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 4
    assert len({(one.number, one.passcode, one.sha256, one.issued_at) for one in found}) == 1
    assert IssuedSheet.objects.count() == 1


def test_issue_takes_another_number_when_one_is_taken(monkeypatch):
    taken = issue().number
    numbers = iter([int(taken), 7])
    monkeypatch.setattr("medkarta.printing.actions.secrets.randbelow", lambda _limit: next(numbers))

    assert issue(subject=uuid4()).number == "0000000000000007"


def test_check_sheet_finds_the_sheet_however_it_is_typed():
    issued = issue()

    found = check(
        issued, number=f" {issued.number[:4]}-{issued.number[4:]}\u00a0", passcode=rules.grouped(issued.passcode)
    )

    assert (found.pdf_sha256, found.issued_at) == (issued.sha256, NOW)
    event = AuditEvent.objects.get()
    assert (event.action, event.person_id, event.outcome) == ("printing.check", PERSON, "ok")
    assert issued.passcode not in str(event.details)


def test_check_sheet_says_the_same_to_an_unknown_number_and_to_a_wrong_passcode():
    issued = issue()
    texts, statements = [], []
    for number, passcode in ((issued.number, wrong_of(issued)), ("0" * 16, issued.passcode)):
        with CaptureQueriesContext(connection) as seen, pytest.raises(actions.NoSuchSheet) as refusal:
            check(issued, number=number, passcode=passcode)
        texts.append(str(refusal.value.text))
        statements.append([one["sql"].split()[0] for one in seen.captured_queries])

    assert texts[0] == texts[1]
    assert statements[0] == statements[1]
    assert (
        list(AuditEvent.objects.values_list("action", "outcome", "person_id"))
        == [("printing.check", "refused", None)] * 2
    )


def test_check_sheet_is_limited_for_a_number_from_everywhere():
    issued = issue()
    for turn in range(rules.WRONG_PER_NUMBER):
        with pytest.raises(actions.NoSuchSheet):
            check(issued, passcode=wrong_of(issued), address=f"192.0.2.{turn}")

    with pytest.raises(actions.TooManyChecks):
        check(issued, address=AWAY)
    assert check(issue(subject=uuid4()), address=AWAY)
    assert check(issued, address=AWAY, now=NOW + rules.WINDOW).issued_at == NOW


def test_check_sheet_is_limited_for_an_address_whatever_the_number():
    issued = issue()
    for turn in range(rules.WRONG_PER_ADDRESS):
        with pytest.raises(actions.NoSuchSheet):
            check(issued, number=f"{turn:016d}", passcode="0" * 8)

    with pytest.raises(actions.TooManyChecks):
        check(issued)
    assert check(issued, address=AWAY).issued_at == NOW


def test_check_sheet_counts_no_right_answers():
    issued = issue()

    for _turn in range(rules.WRONG_PER_ADDRESS + 1):
        check(issued)

    assert not FailedCheck.objects.exists()


def test_failed_checks_keep_no_address_and_no_number():
    issued = issue()
    with pytest.raises(actions.NoSuchSheet):
        check(issued, passcode=wrong_of(issued))

    row = FailedCheck.objects.get()
    assert HOME not in (row.address_hash, row.number_hash)
    assert issued.number not in (row.address_hash, row.number_hash)


def test_tidy_forgets_what_no_longer_counts():
    issued = issue()
    for moment in (NOW - timedelta(seconds=1), NOW):
        with pytest.raises(actions.NoSuchSheet):
            check(issued, passcode=wrong_of(issued), now=moment)

    assert actions.tidy(now=NOW + rules.WINDOW - timedelta(milliseconds=1)) == 1
    assert actions.tidy(now=NOW + rules.WINDOW) == 1


def test_passcode_belongs_to_its_number():
    assert queries.passcode_of("1" * 16) == queries.passcode_of("1" * 16)
    assert queries.passcode_of("1" * 16) != queries.passcode_of("1" * 15 + "2")
