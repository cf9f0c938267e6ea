"""Every refusal of ESIA as data: what it means for the portal and what to tell the person.

Source: error codes of the ESIA guidelines as two public clients list them (protocols of the product, §1.9).
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Kind(StrEnum):
    """What the portal does about a refusal."""

    RESTART_ONCE = "restart-once"  # begin again by itself, once (guarded by a cookie)
    CANCELLED = "cancelled"
    UNAVAILABLE = "unavailable"  # a retry button, no loop
    UNCONFIRMED = "unconfirmed"  # the page «как подтвердить учётную запись»
    SECOND_FACTOR = "second-factor"
    NO_PERMISSION = "no-permission"
    CONFIG_ALARM = "config-alarm"  # the operator must change something
    BUG_ALARM = "bug-alarm"  # the developers must
    UNTRUSTED = "untrusted"  # an answer failed a check: say so, never begin again by itself


@dataclass(frozen=True)
class Action:
    """A human sentence, the words of the way on, and whether the operator has to hear of it."""

    kind: Kind
    text: Promise
    way_on: Promise
    alarm: bool = False


class EsiaError(Exception):
    """Whatever ends a sign-in. The text of the exception never holds a name, a token, a code or a secret."""

    action: Action


class EsiaRefused(EsiaError):
    """The provider said no with a code. `action` tells what to do."""

    def __init__(self, code: str, action: Action | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.action = action or action_of(code)


class EsiaUnavailable(EsiaError):
    """The provider is down, slow, or answered with something that is not its protocol. `reason` is for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.action = UNAVAILABLE


class EsiaUntrusted(EsiaError):
    """The answer failed a check: signature, issuer, audience, times, state. `reason` is for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.action = UNTRUSTED


_AGAIN = _("Войти ещё раз")
_RETRY = _("Повторить")
_HOME = _("На главную")
_HELP = _("Написать в поддержку")
_DOWN_FOR_NOW = _("Вход временно недоступен. Мы уже знаем об этом и чиним. Попробуйте позже.")

RESTART = Action(Kind.RESTART_ONCE, _("Время на вход вышло. Начните вход заново."), _AGAIN)
RESTART_LOUD = Action(Kind.RESTART_ONCE, RESTART.text, _AGAIN, alarm=True)
CANCELLED = Action(Kind.CANCELLED, _("Вы отменили вход. Чтобы открыть медкарту, войдите через Госуслуги."), _("Войти"))
UNAVAILABLE = Action(
    Kind.UNAVAILABLE, _("Госуслуги сейчас недоступны. Подождите несколько минут и повторите вход."), _RETRY
)
UNCONFIRMED = Action(
    Kind.UNCONFIRMED,
    _("Ваша учётная запись Госуслуг не подтверждена. Подтвердите её и войдите снова."),
    _("Как подтвердить учётную запись"),
)
SECOND_FACTOR = Action(
    Kind.SECOND_FACTOR,
    _("Для входа нужен второй способ подтверждения. Подключите его в настройках безопасности Госуслуг."),
    _("Как подключить второй фактор"),
)
NO_PERMISSION = Action(
    Kind.NO_PERMISSION,
    _("Госуслуги не передали данные: вы не дали на это согласие. Повторите вход и разрешите доступ."),
    _RETRY,
)
CONFIG = Action(Kind.CONFIG_ALARM, _DOWN_FOR_NOW, _HOME, alarm=True)
BUG = Action(Kind.BUG_ALARM, _("Войти не получилось по нашей вине. Мы уже разбираемся."), _HELP, alarm=True)
UNTRUSTED = Action(
    Kind.UNTRUSTED,
    _("Не удалось проверить ответ Госуслуг, поэтому вход остановлен. Начните вход заново."),
    _AGAIN,
    alarm=True,
)

ACTIONS: dict[str, Action] = {
    "ESIA-007002": CONFIG,  # the certificate does not fit the system
    "ESIA-007003": BUG,  # a parameter is missing, wrong or repeated
    "ESIA-007004": CANCELLED,
    "ESIA-007005": CONFIG,  # the client may not use this method
    "ESIA-007006": CONFIG,  # scope wrong
    "ESIA-007007": UNAVAILABLE,
    "ESIA-007008": UNAVAILABLE,
    "ESIA-007009": CONFIG,  # grant type not supported
    "ESIA-007011": RESTART,  # code used, expired or of another address
    "ESIA-007012": CONFIG,  # response type not supported
    "ESIA-007013": CONFIG,  # scope missing
    "ESIA-007014": BUG,  # a mandatory parameter is absent
    "ESIA-007015": CONFIG,  # clock
    "ESIA-007019": NO_PERMISSION,
    "ESIA-007023": CONFIG,  # redirect_uri not registered
    "ESIA-007038": RESTART_LOUD,
    "ESIA-007039": RESTART_LOUD,  # PKCE missing
    "ESIA-007040": RESTART_LOUD,  # PKCE mismatch
    "ESIA-007046": SECOND_FACTOR,
    "ESIA-007053": CONFIG,  # client_secret wrong
    "ESIA-007055": UNCONFIRMED,
    "ESIA-007060": BUG,
    "ESIA-007061": BUG,
    "ESIA-007062": BUG,
    "ESIA-007194": BUG,
    "ESIA-008010": CONFIG,
    # OAuth's own words, for answers without a code of ESIA
    "access_denied": CANCELLED,
    "temporarily_unavailable": UNAVAILABLE,
    "server_error": UNAVAILABLE,
    "invalid_grant": RESTART,
    "invalid_client": CONFIG,
    "unauthorized_client": CONFIG,
    "unsupported_response_type": CONFIG,
    "unsupported_grant_type": CONFIG,
    "invalid_scope": CONFIG,
    "invalid_request": BUG,
    "login_required": RESTART,
    "interaction_required": RESTART,
    "consent_required": NO_PERMISSION,
    # answers of /rs by HTTP status
    "HTTP-401": RESTART,
    "HTTP-403": NO_PERMISSION,
    "account-deleted": Action(Kind.CANCELLED, _("Эта учётная запись Госуслуг удалена. Войдите с другой."), _AGAIN),
}

_CODE = re.compile(r"ESIA-(\d{6})")


def action_of(code: str) -> Action:
    """Return what to do about a code; a code that nobody knows is a bug to look at."""
    return ACTIONS.get(code, BUG)


def refusal(error: str, description: str = "") -> EsiaRefused:
    """Return the refusal that a callback (`error`, `error_description`) or a token answer carries.

    The code of ESIA in the description wins over OAuth's word. Text that is neither is dropped, not passed on.
    """
    if found := _CODE.search(description[:500]) or _CODE.search(error[:500]):
        return EsiaRefused(f"ESIA-{found[1]}")
    return EsiaRefused(error if error in ACTIONS else "unknown")
