"""Letters in words. Neutral by default: no specialty, doctor, diagnosis, drug or clinic (323-ФЗ, article 13)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from medkarta.integrations.mail.port import Attachment, Letter
from medkarta.mailer import links, rules
from medkarta.mailer.models import ContactPoint, Notice, Sending
from medkarta.mailer.texts import Words, names_in
from medkarta.ui import format as ui
from medkarta.ui.environment import environment

SETTINGS = "/account/notifications/"
STOP, CONFIRM = "mail-stop", "mail-confirm"
STOP_WITHIN = timedelta(days=365)
FILE_NAME = "document.pdf"


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a letter, with its whole address."""

    title: str
    url: str


def absolute(path: str) -> str:
    return f"{settings.BASE_URL}{path}"


def of_notice(
    notice: Notice, words: Words, facts: Mapping[str, str], *, address: str, language: str, is_detailed: bool
) -> Letter:
    """Return the letter of a notice. Called with the person's language active."""
    neutral = {name: facts[name] for name in words.neutral if name in facts}
    can_be_detailed = is_detailed and bool(words.detailed) and names_in(words.detailed) <= set(facts)
    body = str(words.detailed).format(**facts) if can_be_detailed else str(words.body).format(**neutral)
    buttons = [Link(str(title), absolute(facts[fact])) for fact, title in words.buttons if facts.get(fact)]
    opening = Link(_("Открыть на портале"), absolute(f"/notifications/{notice.pk}/"))
    token = links.make(STOP, {"account": str(notice.account_id)}, notice.created_at + STOP_WITHIN)
    stop = absolute(f"/mail/stop/{token}/")
    return _letter(
        to=address,
        subject=str(words.subject).format(**neutral),
        paragraphs=body.split("\n\n"),
        buttons=[*buttons, opening],
        endings=[
            Link(_("Какие письма получать"), absolute(SETTINGS)),
            Link(_("Не получать писем совсем"), stop),
        ],
        key=str(notice.pk),
        language=language,
        written_at=notice.shown_at,
        unsubscribe_url=stop,
    )


def of_address(point: ContactPoint, *, key: str, language: str, now: datetime) -> Letter:
    """Return the letter that a typed address is confirmed by. It goes to a place where anybody may read it."""
    payload = {"point": str(point.pk), "hash": rules.address_hash(point.pending)}
    token = links.make(CONFIRM, payload, now + rules.CONFIRM_WITHIN)
    return _letter(
        to=point.pending,
        subject=_("Подтвердите адрес для писем портала"),
        paragraphs=[
            _("Этот адрес указали на портале «Медкарта», чтобы получать на него письма."),
            _("Если это сделали вы, откройте ссылку. Она действует двое суток. Если не вы, ничего делать не нужно."),
        ],
        buttons=[Link(_("Подтвердить адрес"), absolute(f"/mail/confirm/{token}/"))],
        endings=[],
        key=key,
        language=language,
        written_at=now,
    )


def of_sending(sending: Sending, *, token: str, file: bytes, language: str) -> Letter:
    """Return the letter of something sent: a link, or the file itself. It tells nobody whose it is, nor what it is."""
    if sending.way == Sending.Way.LINK:
        until = ui.when(sending.expires_at)
        paragraphs = [
            _("Вам отправили документ через портал «Медкарта»."),
            _("Откройте ссылку и введите код. Код вам сообщит тот, кто отправил документ: в письме его нет."),
            _("Ссылка действует до: %(until)s.") % {"until": until},
        ]
        buttons = [Link(_("Открыть документ"), absolute(f"/sent/{token}/"))]
    else:
        paragraphs = [
            _("Вам отправили документ через портал «Медкарта». Он приложен к этому письму."),
            _("Файл открывается паролем. Пароль вам сообщит тот, кто отправил документ: в письме его нет."),
        ]
        buttons = []
    return _letter(
        to=sending.address,
        subject=_("Документ из Медкарты"),
        paragraphs=[*paragraphs, _("Если вы не ждали этого письма, просто удалите его.")],
        buttons=buttons,
        endings=[],
        key=f"sending:{sending.pk}",
        language=language,
        written_at=sending.created_at,
        attachments=(Attachment(FILE_NAME, "application/pdf", file),) if file else (),
    )


def _letter(
    *,
    to: str,
    subject: str,
    paragraphs: Sequence[str],
    buttons: Sequence[Link],
    endings: Sequence[Link],
    key: str,
    language: str,
    written_at: datetime,
    unsubscribe_url: str = "",
    attachments: tuple[Attachment, ...] = (),
) -> Letter:
    hello = _("Здравствуйте!")
    lines = [hello, *paragraphs, *(f"{one.title}:\n{one.url}" for one in buttons)]
    foot = [_("Портал «Медкарта». Отвечать на это письмо не нужно."), *(f"{one.title}: {one.url}" for one in endings)]
    context = {"language": language, "subject": subject, "hello": hello, "paragraphs": paragraphs}
    html = environment().get_template("mailer/letter.jinja").render({**context, "buttons": buttons, "endings": endings})
    return Letter(
        to=to,
        subject=subject,
        text="\n\n".join(lines) + "\n\n-- \n" + "\n".join(foot) + "\n",
        html=html,
        message_id=rules.message_id(key, sender=settings.MAIL["sender"]),
        written_at=written_at,
        language=language,
        unsubscribe_url=unsubscribe_url,
        attachments=attachments,
    )
