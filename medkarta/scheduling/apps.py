from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from medkarta.audit import texts
from medkarta.mailer import texts as letters
from medkarta.requests import kinds
from medkarta.scheduling import calendar_words, words


class SchedulingConfig(AppConfig):
    name = "medkarta.scheduling"

    def ready(self) -> None:
        from medkarta.scheduling import deliveries, home_visit_words, periodic
        from medkarta.scheduling.actions import home_visits
        from medkarta.scheduling.queries import facts
        from medkarta.scheduling.queries.home_visits import facts_of_call

        texts.register({**words.AUDIT, **calendar_words.AUDIT})
        for key, one in words.LETTERS.items():
            of = facts.of_reminder if one.is_reminder else facts.of_appointment
            letters.register(
                key, subject=one.subject, body=one.body, detailed=one.detailed, facts=of, buttons=one.buttons
            )
        texts.register(
            {
                "scheduling.read": _("просмотр раздела «Вызовы и записи»"),
                "scheduling.detail": _("просмотр одной записи на приём"),
            }
        )
        _register_waitlist()
        deliveries.register()
        periodic.register()
        texts.register(home_visit_words.AUDIT)
        kinds.register(
            home_visits.KIND,
            home_visit_words.TITLE,
            [kinds.Status(*one) for one in home_visit_words.STATUSES],
            section=home_visit_words.SECTION,
            cancel=home_visits.cancel_target,
            cancel_from=home_visits.CANCELLABLE,
        )
        for status, subject in home_visit_words.SUBJECTS.items():
            letters.register(
                f"scheduling.home_visit_{status}",
                subject=subject,
                body=home_visit_words.BODY,
                detailed=home_visit_words.DETAILED,
                facts=facts_of_call,
                neutral=("number",),
                is_urgent=status in home_visit_words.URGENT,
            )


def _register_waitlist() -> None:
    from medkarta.scheduling import waitlist_words
    from medkarta.scheduling.actions import waitlist, waitlist_steps
    from medkarta.scheduling.queries.waitlist import facts_of_entry
    from medkarta.scheduling.rules import LIVE_WAITLIST

    texts.register(waitlist_words.AUDIT)
    kinds.register(
        waitlist_steps.KIND,
        waitlist_words.TITLE,
        [kinds.Status(*one) for one in waitlist_words.STATUSES],
        section=waitlist_words.SECTION,
        cancel=lambda scope, entry_id, now: waitlist.leave(scope, entry_id=entry_id, now=now),
        cancel_from=LIVE_WAITLIST,
    )
    for key, (subject, body, detailed, is_urgent) in waitlist_words.LETTERS.items():
        letters.register(
            key,
            subject=subject,
            body=body,
            detailed=detailed,
            facts=facts_of_entry,
            neutral=("when", "deadline"),
            is_urgent=is_urgent,
        )
