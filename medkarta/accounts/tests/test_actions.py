from datetime import timedelta

import pytest

from medkarta.accounts import actions, consents, queries, rules
from medkarta.accounts.models import Account, Consent, LoginAttempt, Session
from medkarta.audit.models import AuditEvent
from medkarta.core.errors import NotFound
from medkarta.core.scopes import WorkerScope
from medkarta.mailer.models import Choice, Notice
from medkarta.mailer.tests.factories import ChoiceFactory, NoticeFactory
from medkarta.patients.tests.factories import NOW, AccountFactory

pytestmark = pytest.mark.django_db


def start(**changes):
    given = {
        "state": "state-1",
        "browser": "browser-1",
        "provider": "esia",
        "verifier": "v",
        "nonce": "",
        "next_path": "/home/",
        "now": NOW,
    }
    actions.start_attempt(**{**given, **changes})


def take(**changes):
    given = {"state": "state-1", "browser": "browser-1", "provider": "esia", "now": NOW}
    return actions.take_attempt(**{**given, **changes})


def test_take_attempt_works_once():
    start()

    assert take().next_path == "/home/"
    with pytest.raises(NotFound):
        take()


@pytest.mark.parametrize("changes", [{"state": "other"}, {"browser": "other"}, {"browser": ""}, {"provider": "oidc"}])
def test_take_attempt_refuses_what_is_not_its_own(changes):
    start()

    with pytest.raises(NotFound):
        take(**changes)


def test_take_attempt_ends_after_ten_minutes():
    start()
    start(state="state-2")

    assert take(now=NOW + timedelta(minutes=10)).state == "state-1"
    with pytest.raises(NotFound):
        take(state="state-2", now=NOW + timedelta(minutes=10, seconds=1))


def test_start_attempt_keeps_no_secret_of_the_browser():
    start()

    assert "browser-1" not in LoginAttempt.objects.values_list("browser_hash", flat=True)


def test_open_session_replaces_the_one_of_this_browser():
    account = AccountFactory()
    first = actions.open_session(account.pk, now=NOW, user_agent="", address="")

    second = actions.open_session(account.pk, now=NOW, user_agent="", address="", replaces=first.token)

    live = Session.objects.filter(revoked_at=None)
    assert [one.pk for one in live] == [second.id]
    assert second.token not in live.values_list("token_hash", flat=True)


def test_revoke_session_of_another_account_is_not_found():
    theirs = actions.open_session(AccountFactory().pk, now=NOW, user_agent="", address="")
    mine = actions.scope_of_account(AccountFactory().pk)

    with pytest.raises(NotFound):
        actions.revoke_session(mine, session_id=theirs.id, now=NOW)
    assert Session.objects.get(pk=theirs.id).revoked_at is None


def test_revoke_all_sessions_leaves_other_accounts_alone():
    mine, theirs = AccountFactory(), AccountFactory()
    for account in (mine, mine, theirs):
        actions.open_session(account.pk, now=NOW, user_agent="", address="")

    assert actions.revoke_all_sessions(actions.scope_of_account(mine.pk), now=NOW) == 2
    assert Session.objects.filter(revoked_at=None).count() == 1


def test_list_sessions_shows_only_live_ones_of_the_account():
    account = AccountFactory()
    scope = actions.scope_of_account(account.pk)
    opened = actions.open_session(account.pk, now=NOW, user_agent="Chrome/1 Android", address="127.0.0.1")
    actions.open_session(AccountFactory().pk, now=NOW, user_agent="", address="")

    found = queries.list_sessions(scope, now=NOW, idle_since=NOW - timedelta(minutes=30))
    assert [(one.id, one.device) for one in found] == [(opened.id, "Chrome, Android")]
    assert queries.list_sessions(scope, now=NOW + timedelta(hours=13), idle_since=NOW) == []


def test_give_consent_twice_is_one_record():
    scope = actions.scope_of_account(AccountFactory().pk)

    for _ in range(2):
        actions.give_consent(scope, kind="processing", now=NOW, address="127.0.0.1")

    consent = Consent.objects.get()
    assert consent.text_hash == consents.current("processing").hash
    assert queries.has_consent(scope.account_id, "processing")


def test_give_consent_to_a_new_version_ends_the_old_one():
    scope = actions.scope_of_account(AccountFactory().pk)
    actions.give_consent(scope, kind="processing", now=NOW, address="")
    Consent.objects.update(version="2020-01", text_hash="0" * 64)
    assert not queries.has_consent(scope.account_id, "processing")

    actions.give_consent(scope, kind="processing", now=NOW, address="")

    assert Consent.objects.filter(withdrawn_at=None).count() == 1
    assert queries.has_consent(scope.account_id, "processing")


def test_withdraw_processing_closes_the_account_and_erases_contacts():
    account = AccountFactory(email="a@example.org", mobile="+7", address="Мытищи")
    scope = actions.scope_of_account(account.pk)
    actions.give_consent(scope, kind="processing", now=NOW, address="")
    actions.open_session(account.pk, now=NOW, user_agent="", address="")

    actions.withdraw_processing(scope, now=NOW)

    account.refresh_from_db()
    assert (account.status, account.email, account.mobile, account.address) == ("closed", "", "", "")
    assert not Session.objects.filter(revoked_at=None).exists()
    assert AuditEvent.objects.filter(action="accounts.withdraw_consent").exists()
    with pytest.raises(NotFound):
        actions.withdraw_processing(scope, now=NOW)


def test_sign_in_again_reopens_a_closed_account_without_its_consent():
    account = AccountFactory(status="closed")

    actions.sign_in(provider="esia", subject=account.subject, is_confirmed=True, now=NOW)

    assert Account.objects.get().status == Account.Status.ACTIVE
    assert not queries.has_consent(account.pk, "processing")


def test_list_consents_shows_what_was_withdrawn():
    scope = actions.scope_of_account(AccountFactory().pk)
    actions.give_consent(scope, kind="processing", now=NOW, address="")
    actions.withdraw_processing(scope, now=NOW + timedelta(days=1))

    found = queries.list_consents(scope)
    assert [(one.given_at, one.withdrawn_at) for one in found] == [(NOW, NOW + timedelta(days=1))]


def test_contacts_of_the_account():
    account = AccountFactory(email="a@example.org")

    assert queries.contacts(actions.scope_of_account(account.pk)).email == "a@example.org"


def test_sealed_tokens_of_an_unknown_session_are_empty():
    assert queries.sealed_tokens(AccountFactory().pk) == ""


def test_tidy_forgets_old_attempts_and_long_ended_sessions():
    start()
    actions.open_session(AccountFactory().pk, now=NOW, user_agent="", address="")
    ended = NOW + timedelta(hours=12)

    assert actions.tidy(WorkerScope(), now=NOW + timedelta(days=1)) == 0
    assert actions.tidy(WorkerScope(), now=NOW + timedelta(days=1, seconds=1)) == 1
    assert actions.tidy(WorkerScope(), now=ended + timedelta(days=30)) == 0
    assert actions.tidy(WorkerScope(), now=ended + timedelta(days=30, seconds=1)) == 1


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/p/key/results/?page=2", True),
        ("/", True),
        ("", False),
        ("//evil.example", False),
        ("https://evil.example", False),
        ("/\\evil.example", False),
        ("/a\nb", False),
        ("/a b", False),
        ("/" + "a" * 499, True),
        ("/" + "a" * 500, False),
    ],
)
def test_is_safe_path_stays_on_this_site(path, expected):
    assert rules.is_safe_path(path) is expected


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        ("Mozilla/5.0 (Linux; Android 13) Chrome/120 Safari/537", "Chrome, Android"),
        ("Mozilla/5.0 (X11; Linux x86_64) Firefox/130", "Firefox, Linux"),
        ("Mozilla/5.0 (Windows NT 10) Chrome/120 YaBrowser/24", "Яндекс Браузер, Windows"),
        ("curl/8", ""),
    ],
)
def test_device_words_names_browser_and_system(agent, expected):
    assert rules.device_words(agent) == expected


def test_current_consent_carries_the_operator(settings):
    consents.current.cache_clear()
    settings.OPERATOR_NAME = "Министерство Примера"
    settings.OPERATOR_CONTACT = ""

    text = "\n".join(consents.current("processing").paragraphs)
    assert "Министерство Примера" in text
    assert "связь: через форму обратной связи" in text
    consents.current.cache_clear()


def with_messages(account):
    scope = actions.scope_of_account(account.pk)
    for kind in ("processing", "messages"):
        actions.give_consent(scope, kind=kind, now=NOW, address="")
    return scope


def test_recipient_is_who_consented_to_messages():
    account = AccountFactory(email="a@example.org", preferences={"view": "light.normal.2.bw.wide.en"})
    actions.give_consent(actions.scope_of_account(account.pk), kind="processing", now=NOW, address="")
    assert not queries.recipient(account.pk).may_message

    with_messages(account)

    found = queries.recipient(account.pk)
    assert (found.email, found.language, found.may_message) == ("a@example.org", "en", True)


def test_recipient_of_a_closed_account_is_nobody():
    account = AccountFactory()
    actions.withdraw_processing(with_messages(account), now=NOW)

    assert queries.recipient(account.pk) is None
    assert not queries.has_consent(account.pk, "messages")


def test_withdraw_messages_forgets_the_channels_and_keeps_the_bell():
    account, other = AccountFactory(), AccountFactory()
    scope = with_messages(account)
    with_messages(other)
    for one in (account, other):
        ChoiceFactory(account_id=one.pk)
        NoticeFactory(account_id=one.pk)

    actions.withdraw_messages(scope, now=NOW)

    assert not queries.has_consent(account.pk, "messages")
    assert queries.has_consent(account.pk, "processing")
    assert queries.has_consent(other.pk, "messages")
    assert [one.account_id for one in Choice.objects.all()] == [other.pk]
    assert Notice.objects.count() == 2
    with pytest.raises(NotFound):
        actions.withdraw_messages(scope, now=NOW)


def test_withdraw_processing_forgets_what_the_account_was_told():
    account = AccountFactory()
    NoticeFactory(account_id=account.pk)

    actions.withdraw_processing(with_messages(account), now=NOW)

    assert not Notice.objects.exists()
