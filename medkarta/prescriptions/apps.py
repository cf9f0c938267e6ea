from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrescriptionsConfig(AppConfig):
    name = "medkarta.prescriptions"

    def ready(self) -> None:
        from medkarta.audit import texts
        from medkarta.mailer import sendable
        from medkarta.prescriptions import sendable as own

        sendable.register(sendable.Sendable("prescriptions", _("Рецепт"), own.find, own.make))
        texts.register(
            {
                "prescriptions.read": _("просмотр раздела «Рецепты»"),
                "prescriptions.print": _("рецепт в PDF"),
            }
        )
        _register_search()
        _register_repeats()


def _register_search() -> None:
    from medkarta.prescriptions import entries
    from medkarta.search import kinds

    kinds.register(
        entries.KIND,
        _("Рецепт"),
        section="prescriptions/{subject}/",
        reads="MedicationRequest",
        entries=entries.entries,
    )


def _register_repeats() -> None:
    from medkarta.audit import texts
    from medkarta.core import desk
    from medkarta.mailer import texts as letters
    from medkarta.prescriptions.repeats import actions, queries, rules, steps, words
    from medkarta.prescriptions.repeats import desk as own_desk
    from medkarta.requests import answered, kinds

    texts.register(words.AUDIT)
    desk.register(own_desk.PART)
    kinds.register(
        steps.KIND,
        words.TITLE,
        [kinds.Status(*one) for one in words.STATUSES],
        section=words.SECTION,
        cancel=actions.cancel_target,
        cancel_from=rules.CANCELLABLE,
    )
    for status, subject in answered.SUBJECTS.items():
        letters.register(
            f"prescriptions.repeat_{status}",
            subject=subject,
            body=answered.BODY,
            detailed=words.DETAILED,
            facts=queries.facts_for_letter,
            neutral=("number",),
        )
