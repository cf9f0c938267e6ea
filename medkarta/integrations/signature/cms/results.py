"""What checking a signature ends with: a state, a reason, and who signed with which certificate."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class State(StrEnum):
    """`unchecked`: nothing speaks against it, and it cannot be confirmed here."""

    VALID = "valid"
    INVALID = "invalid"
    UNCHECKED = "unchecked"


class Reason(StrEnum):
    """Why a signature has its state. NO_DOCUMENT is for those who keep signatures: there is nothing to compare."""

    CONFIRMED = "confirmed"
    CHANGED = "changed"
    OTHER_CONTENT = "other-content"
    FORGED = "forged"
    CORRUPT = "corrupt"
    EXPIRED = "expired"
    EARLY = "early"
    ISSUER_DATES = "issuer-dates"
    BROKEN_CHAIN = "broken-chain"
    NOT_FOR_SIGNING = "not-for-signing"
    UNKNOWN_ISSUER = "unknown-issuer"
    NO_TRUST_LIST = "no-trust-list"
    NO_GOST = "no-gost"
    NO_MEANS = "no-means"
    ALGORITHM = "algorithm"
    OUTDATED = "outdated"
    NO_CERTIFICATE = "no-certificate"
    NO_DOCUMENT = "no-document"


_WORDS: dict[Reason, tuple[State, Promise]] = {
    Reason.CONFIRMED: (State.VALID, _("документ не менялся после подписания, сертификат подтверждён")),
    Reason.CHANGED: (State.INVALID, _("документ изменён после подписания")),
    Reason.OTHER_CONTENT: (State.INVALID, _("в файле подписи лежит другой документ")),
    Reason.FORGED: (State.INVALID, _("подпись сделана не тем ключом, который указан в сертификате")),
    Reason.CORRUPT: (State.INVALID, _("файл подписи повреждён")),
    Reason.EXPIRED: (State.INVALID, _("сертификат истёк на дату подписи")),
    Reason.EARLY: (State.INVALID, _("сертификат ещё не действовал на дату подписи")),
    Reason.ISSUER_DATES: (State.INVALID, _("сертификат издателя не действовал на дату подписи")),
    Reason.BROKEN_CHAIN: (State.INVALID, _("издатель не подтверждает этот сертификат")),
    Reason.NOT_FOR_SIGNING: (State.INVALID, _("сертификат выдан не для подписи документов")),
    Reason.UNKNOWN_ISSUER: (State.UNCHECKED, _("издатель сертификата не входит в список доверенных")),
    Reason.NO_TRUST_LIST: (State.UNCHECKED, _("здесь нет списка доверенных издателей, сертификат не проверен")),
    Reason.NO_GOST: (State.UNCHECKED, _("алгоритм здесь не проверяется: нет модуля ГОСТ")),
    Reason.NO_MEANS: (State.UNCHECKED, _("средство проверки подписи сейчас не работает")),
    Reason.ALGORITHM: (State.UNCHECKED, _("алгоритм подписи здесь не проверяется")),
    Reason.OUTDATED: (State.UNCHECKED, _("алгоритм подписи устарел и больше не считается надёжным")),
    Reason.NO_CERTIFICATE: (State.UNCHECKED, _("в файле подписи нет сертификата подписавшего")),
    Reason.NO_DOCUMENT: (State.UNCHECKED, _("подписанный файл порталу не передан")),
}


def state_of(reason: Reason) -> State:
    return _WORDS[reason][0]


def sentence(reason: Reason) -> Promise:
    """Return the reason in words, as the end of a sentence: «Подпись недействительна: …»."""
    return _WORDS[reason][1]


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a certificate names. The numbers are masked: only their last digits are ever kept."""

    name: str = ""
    post: str = ""
    organisation: str = ""
    snils: str = ""
    inn: str = ""
    ogrn: str = ""


@dataclass(frozen=True, slots=True)
class SignerResult:
    """One signature of a file.

    `is_intact` tells of the mathematics alone (None: it could not be done here). `signed_at` is what the signer
    claims; `judged_at` is the moment that the certificate's dates were compared with.
    """

    reason: Reason
    is_intact: bool | None = None
    holder: Holder = Holder()
    issuer: str = ""
    serial: str = ""
    not_before: datetime | None = None
    not_after: datetime | None = None
    signed_at: datetime | None = None
    judged_at: datetime | None = None

    @property
    def state(self) -> State:
        return state_of(self.reason)


@dataclass(frozen=True, slots=True)
class CmsResult:
    """What a file of signatures says of a document. `reason` speaks for the whole: the worst of its signers'."""

    signers: tuple[SignerResult, ...]
    reason: Reason

    @property
    def state(self) -> State:
        return state_of(self.reason)

    @property
    def fits(self) -> bool:
        """Tell whether the document is the one that was signed, as far as this can be told here."""
        return bool(self.signers) and all(each.is_intact is True for each in self.signers)


_WORST_FIRST = (State.INVALID, State.UNCHECKED, State.VALID)


def result_of(signers: tuple[SignerResult, ...]) -> CmsResult:
    """Put signers together; without any the file is as good as corrupt."""
    if not signers:
        return CmsResult((), Reason.CORRUPT)
    worst = min(signers, key=lambda each: _WORST_FIRST.index(each.state))
    return CmsResult(signers, worst.reason)
