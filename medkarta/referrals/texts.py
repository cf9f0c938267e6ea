"""What the status of a referral means for the person, in a sentence."""

from django.utils.translation import gettext as _


def status_note(status: str, hospitalization_status: str) -> str:
    """Say what a status means and what to do; empty where the word and the buttons say it all."""
    if hospitalization_status:
        return {
            "new": _("Больница ещё не ответила. День она назначит сама, записываться не нужно."),
            "agreed": _("Больница согласна принять. Она назначит день и сообщит его."),
            "date-set": _("Приходите в назначенный день. Возьмите паспорт, полис и направление."),
            "postponed": _("Больница отложила госпитализацию. О новом дне она сообщит."),
            "refused": _("Больница отказала. Причину и другую больницу подскажет врач, который направил."),
            "annulled": _("Направление больше не действует. Если лечение нужно, врач выпишет новое."),
        }.get(hospitalization_status, "")
    return {
        "draft": _("Врач ещё оформляет направление. Записаться по нему можно будет, когда он закончит."),
        "on-hold": _("Врач приостановил направление. Спросите у него, когда оно снова будет действовать."),
        "revoked": _("Врач отозвал направление: записаться по нему нельзя."),
        "completed": _("По этому направлению всё сделано."),
        "unknown": _("Клиника не сообщила, что с направлением. Уточните в регистратуре."),
    }.get(status, "")
