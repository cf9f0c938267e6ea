"""The form, the page after it, the list, and the public page of a link."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from medkarta.audit.models import AuditEvent
from medkarta.documents.models import DocumentContent
from medkarta.mailer import rules
from medkarta.mailer.models import ContactPoint, LinkOpening, Sending
from medkarta.mailer.tests.factories import PASSCODE, SendingFactory
from medkarta.mailer.tests.sent_things import OWN, TITLE, sender
from medkarta.outbox.models import OutboxEvent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files", "mailroom")]
TYPED = {"to": "other", "address": "doctor@example.org"}


def html_of(answer):
    return answer.content.decode().replace("\xa0", " ")


def test_form_offers_the_confirmed_addresses_and_ticks_no_consent():
    who = sender()
    ContactPoint.objects.create(account_id=who.account_id, address="own@example.org")

    html = html_of(who.browser.get(who.form))

    assert TITLE in html
    assert f"{OWN}, подтверждён на Госуслугах" in html
    assert "own@example.org, подтверждён по ссылке" in html
    assert 'name="is_agreed" id="id_is_agreed" value="on" required' in html.replace("  ", " ")


def test_form_without_a_confirmed_address_asks_for_one():
    html = html_of(sender(email="").browser.get(sender(email="").form))

    assert "подтверждён на Госуслугах" not in html


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("doctor@example.org\r\nBcc: eve@example.org", "перевод строки"),
        ("doctor@example.org, eve@example.org", "Напишите один адрес"),
        ("Врач &lt;doctor@example.org&gt;", "без имени, кавычек и скобок"),
        ("врач@example.org", "латинские буквы"),
        ("", "Напишите адрес целиком"),
    ],
)
def test_form_with_an_unusable_address_says_why_and_loses_nothing(address, words):
    who = sender()
    address = address.replace("&lt;", "<").replace("&gt;", ">")

    answer = who.send(to="other", address=address, way="pdf", password="Vetka-7-snega", days="30")

    assert answer.status_code == 422
    html = html_of(answer)
    assert words in html
    assert 'value="Vetka-7-snega"' in html
    assert '<option value="30" selected>' in html
    assert not address or "doctor" not in address or "doctor@example.org" in html
    assert OutboxEvent.objects.filter(handler="mailer.send").count() == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"is_agreed": ""}, "Без согласия"),
        ({"to": "letters"}, "Выберите, куда отправить"),
        ({"way": "pigeon"}, "Выберите, как отправить"),
        ({"days": "365"}, "Выберите срок"),
        ({"way": "pdf", "password": "Abc-123"}, "не меньше 8 знаков"),
        ({"way": "pdf", "password": "12345678901"}, "легко подобрать"),
        ({"way": "pdf", "password": "пароль-пароль"}, "латинские буквы"),
        ({"way": "pdf", "password": "two words here"}, "без пробелов"),
        ({"way": "pdf", "password": "password1"}, "слишком известный"),
        ({"way": "pdf", "password": "Ab1-" * 17}, "не больше 64"),
    ],
)
def test_form_refuses_with_a_sentence(changes, words):
    answer = sender().send(**changes)

    assert answer.status_code == 422
    assert words in html_of(answer)
    assert Sending.objects.count() == 0


@pytest.mark.parametrize("password", ["Abcd-123", "Ab1-" * 16])
def test_form_takes_passwords_up_to_its_limits(password):
    assert sender().send(way="pdf", password=password).status_code == 303


def test_typed_address_is_shown_once_more_before_anything_is_sent():
    who = sender()

    answer = who.send(**TYPED, way="pdf", password="Vetka-7-snega")

    html = html_of(answer)
    assert answer.status_code == 200
    assert "Проверьте адрес" in html
    assert Sending.objects.count() == 0
    for value in ("doctor@example.org", "Vetka-7-snega", "pdf"):
        assert f'value="{value}"' in html
    assert who.ordered(**TYPED, confirmed="doctor@example.org").is_typed
    assert who.send(**TYPED, confirmed="other@example.org").status_code == 200
    assert Sending.objects.count() == 1


def test_typed_address_can_be_put_right_with_everything_in_its_place():
    answer = sender().send(**TYPED, way="pdf", password="Vetka-7-snega", fix="1")

    html = html_of(answer)
    assert answer.status_code == 200
    assert 'value="doctor@example.org"' in html
    assert 'value="Vetka-7-snega"' in html
    assert "is_agreed" in html


def test_address_that_was_typed_and_not_chosen_is_not_used():
    assert sender().ordered(address="doctor@example.org").address == OWN


def test_typed_own_address_needs_no_second_look():
    assert not sender().ordered(to="other", address=OWN.title().replace("Example.Org", "example.org")).is_typed


def test_typed_cyrillic_host_is_shown_as_servers_know_it():
    html = html_of(sender().send(to="other", address="doctor@пример.рф"))

    assert "xn--e1afmkfd.xn--p1ai" in html


def test_double_click_sends_once_and_shows_the_same_secret():
    who, key = sender(), str(uuid4())

    first, second = who.ordered(form_key=key), who.ordered(form_key=key)

    assert first.pk == second.pk
    assert who.secret(first) == who.secret(second) != ""
    assert OutboxEvent.objects.filter(handler="mailer.send").count() == 1
    assert who.ordered(form_key=key, days="30").pk != first.pk, "the form was changed after going back"


def test_page_after_sending_shows_the_secret_for_ten_minutes_only():
    who = sender()
    sending = who.ordered()
    assert who.secret(sending)

    Sending.objects.update(created_at=timezone.now() - rules.SHOW_SECRET)

    assert who.secret(sending) == ""


def test_limit_of_an_hour_is_kept_with_a_sentence():
    who = sender()
    SendingFactory.create_batch(rules.SENDINGS_AN_HOUR - 1, account_id=who.account_id)
    SendingFactory(account_id=who.account_id, created_at=timezone.now() - timedelta(minutes=61))
    assert who.send().status_code == 303

    answer = who.send()

    assert answer.status_code == 429
    assert "За последний час вы отправили 10 писем" in html_of(answer)
    assert Sending.objects.filter(account_id=who.account_id).count() == rules.SENDINGS_AN_HOUR + 1


def test_things_of_others_and_unknown_kinds_are_missing():
    who, other = sender(), sender()
    sending = other.ordered()
    for path in (
        who.path(f"documents/{other.document_id}/"),
        who.path(f"documents/{uuid4()}/"),
        who.path(f"nothing/{who.document_id}/"),
        who.path(f"sent/{sending.pk}/"),
        other.path(f"documents/{other.document_id}/"),
    ):
        assert who.browser.get(path).status_code == 404
    assert who.browser.post(who.path(f"sent/{sending.pk}/revoke/")).status_code == 404
    sending.refresh_from_db()
    assert sending.revoked_at is None


def test_other_account_of_the_same_record_sees_no_address():
    who = sender()
    sending = SendingFactory(person_id=who.person_id, subject_id=who.document_id, address="father@example.org")

    for path in (who.form, who.path()):
        assert "father@example.org" not in html_of(who.browser.get(path))
    assert who.browser.get(who.path(f"sent/{sending.pk}/")).status_code == 404


def test_secret_record_is_missing_until_its_owner_proves_himself_and_then_needs_a_word_more(settings):
    who = sender(restricted=True)
    html = html_of(who.browser.get(who.form))
    assert "Да, отправить запись под особой врачебной тайной" in html

    assert who.send().status_code == 422
    sending = who.ordered(is_secret_meant="on")

    assert sending.is_restricted
    settings.RESTRICTED_MINUTES = -1
    assert who.browser.get(who.form).status_code == 404
    for path in (who.path(f"sent/{sending.pk}/"), who.path()):
        assert TITLE not in html_of(who.browser.get(path))


def test_secret_record_of_a_child_is_not_sent_by_a_parent():
    from medkarta.patients.models import Person

    who = sender(restricted=True, kind="parent")
    Person.objects.filter(pk=who.person_id).update(birth_date=timezone.localdate() - timedelta(days=3000))

    assert "отправляет на почту только сам пациент" in html_of(who.browser.get(who.form))
    assert who.send(is_secret_meant="on").status_code == 409
    assert Sending.objects.count() == 0


def test_document_without_a_file_says_that_it_cannot_be_sent():
    who = sender()
    DocumentContent.objects.filter(owner_id=who.document_id).update(storage_key="")

    html = html_of(who.browser.get(who.form))

    assert "не сделать PDF" in html
    assert who.send().status_code == 409


def test_form_where_no_mail_goes_says_so(settings, monkeypatch):
    monkeypatch.setattr("medkarta.integrations.mail.port._makers", [])
    settings.MAIL = {**settings.MAIL, "host": ""}
    who = sender()

    assert "отправка писем не настроена" in html_of(who.browser.get(who.form))


def test_again_fills_the_form_with_the_earlier_answers():
    who = sender()
    sending = who.ordered(**TYPED, way="pdf", confirmed="doctor@example.org")

    html = html_of(who.browser.get(f"{who.form}?again={sending.pk}"))

    assert 'value="doctor@example.org"' in html
    assert who.browser.get(f"{who.form}?again=nothing").status_code == 200


def test_list_shows_what_was_sent_within_six_statements():
    who = sender()
    SendingFactory.create_batch(12, account_id=who.account_id, person_id=who.person_id, title=TITLE)
    LinkOpening.objects.create(sending=Sending.objects.first(), opened_at=timezone.now())

    with CaptureQueriesContext(
        connection,
    ) as asked:
        html = html_of(who.browser.get(who.path()))

    assert len(asked) <= 6
    assert html.count("doctor@example.org") >= 12
    assert "Всего: 12" in html
    assert "открыли: 1 раз" in html


def test_revoke_closes_a_link_and_leaves_a_trace():
    who = sender()
    sending = SendingFactory(account_id=who.account_id, person_id=who.person_id, subject_id=who.document_id)

    answer = who.browser.post(who.path(f"sent/{sending.pk}/revoke/"), follow=True)

    assert "ссылка отозвана" in html_of(answer)
    assert AuditEvent.objects.filter(action="mailer.revoke_link").count() == 1
    opened = Client().post(f"/sent/{sending.token}/", {"code": PASSCODE})
    assert opened.status_code == 410
    assert "отправитель отозвал ссылку" in html_of(opened)
    who.browser.post(who.path(f"sent/{sending.pk}/revoke/"))
    assert AuditEvent.objects.filter(action="mailer.revoke_link").count() == 1


def linked(**values):
    who = sender()
    return SendingFactory(
        account_id=who.account_id, person_id=who.person_id, subject_id=who.document_id, title=TITLE, **values
    )


def test_page_of_a_link_is_the_same_for_one_that_never_was():
    sending = linked()
    own, other = Client().get(f"/sent/{sending.token}/"), Client().get("/sent/never-was/")

    def bare(answer, token):
        return re.sub(r'value="[\w-]{64}"', "", html_of(answer).replace(token, ""))

    assert own.status_code == other.status_code == 200
    assert bare(own, sending.token) == bare(other, "never-was")
    assert html_of(own).count(sending.token) == 1, "only the form of looks comes back here"
    assert own["X-Robots-Tag"] == other["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert own["Cache-Control"] == "no-store"
    assert TITLE not in html_of(own)
    assert "Пробная" not in html_of(own)


def test_wrong_code_and_unknown_link_get_the_same_answer():
    sending = linked()
    answers = [Client().post(f"/sent/{token}/", {"code": "wrong-code"}) for token in (sending.token, "never-was")]

    assert [one.status_code for one in answers] == [422, 422]
    assert all("Код не подошёл, или ссылка больше не действует" in html_of(one) for one in answers)
    assert AuditEvent.objects.filter(action="mailer.open_link", outcome="refused").count() == 1


def test_link_closes_after_five_wrong_codes_and_not_before():
    sending, last = linked(wrong_codes=rules.WRONG_CODES - 2), linked(wrong_codes=rules.WRONG_CODES - 1)
    for one in (sending, last):
        Client().post(f"/sent/{one.token}/", {"code": "wrong-code"})

    assert Client().post(f"/sent/{sending.token}/", {"code": PASSCODE}).status_code == 200
    closed = Client().post(f"/sent/{last.token}/", {"code": PASSCODE})
    assert closed.status_code == 422
    assert "Код не подошёл" in html_of(closed), "guessing on tells nothing"


@pytest.mark.parametrize(("past", "status"), [(timedelta(seconds=-30), 200), (timedelta(0), 410)])
def test_link_opens_until_its_end(past, status):
    sending = linked()
    Sending.objects.filter(pk=sending.pk).update(expires_at=timezone.now() - past)

    answer = Client().post(f"/sent/{sending.token}/", {"code": PASSCODE})

    assert answer.status_code == status
    if status == 410:
        assert "срок истёк" in html_of(answer)


def test_code_that_is_missing_or_endless_is_refused_kindly():
    sending = linked()
    for code, words in (("", "Введите код"), ("x" * 65, "Код короче")):
        answer = Client().post(f"/sent/{sending.token}/", {"code": code})
        assert answer.status_code == 422
        assert words in html_of(answer)
    sending.refresh_from_db()
    assert sending.wrong_codes == 0


def test_sent_things_go_with_the_year():
    from medkarta.mailer import actions

    old = SendingFactory(created_at=timezone.now() - rules.KEEP - timedelta(minutes=1))
    young = SendingFactory(created_at=timezone.now() - rules.KEEP + timedelta(minutes=1))
    LinkOpening.objects.create(sending=old, opened_at=timezone.now())

    actions.tidy(now=timezone.now())

    assert list(Sending.objects.all()) == [young]
