from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    name = "medkarta.documents"

    def ready(self) -> None:
        from medkarta.audit import texts
        from medkarta.documents import deliveries, entries
        from medkarta.documents import sendable as own
        from medkarta.mailer import sendable
        from medkarta.search import kinds

        kinds.register(
            entries.KIND,
            _("Медицинский документ"),
            section="documents/{subject}/",
            reads="DocumentReference",
            entries=entries.entries,
        )
        sendable.register(sendable.Sendable("documents", _("Медицинский документ"), own.find, own.make))
        texts.register(
            {
                "documents.read": _("просмотр раздела «Электронные мед. документы»"),
                "documents.download": _("скачивание файла медицинского документа"),
            }
        )
        deliveries.register()
        _register_orders()


def _register_orders() -> None:
    from medkarta.audit import texts
    from medkarta.core import desk
    from medkarta.documents.orders import actions, queries, rules, steps, words
    from medkarta.documents.orders import desk as own_desk
    from medkarta.mailer import texts as letters
    from medkarta.requests import answered, kinds

    texts.register(words.AUDIT)
    desk.register(own_desk.PART)
    kinds.register(
        steps.KIND,
        words.TITLE,
        [kinds.Status(*one) for one in words.STATUSES],
        section=words.SECTION,
        titles=words.Titles(),
        cancel=actions.cancel_target,
        cancel_from=rules.CANCELLABLE,
    )
    for status, subject in answered.SUBJECTS.items():
        letters.register(
            f"documents.order_{status}",
            subject=subject,
            body=answered.BODY,
            detailed=words.DETAILED,
            facts=queries.facts_for_letter,
            neutral=("number",),
        )
