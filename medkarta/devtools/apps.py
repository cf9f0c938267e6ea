import os
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from medkarta.config.processes import Process


class DevtoolsConfig(AppConfig):
    name = "medkarta.devtools"

    def ready(self) -> None:
        from medkarta.config import processes, readiness
        from medkarta.devtools import guard, mailbox
        from medkarta.integrations.mail import port as mail
        from medkarta.outbox import handlers

        guard.refuse_outside_demo()
        if "MEDKARTA_STORM_DEFECT" in os.environ:
            from medkarta.devtools.storm import defects

            defects.plant_named(os.environ[defects.VARIABLE])
        processes.register(_processes)
        readiness.register(_missing)
        mail.register(mailbox.Mailbox)
        handlers.register("devtools.top_up", _top_up, period_seconds=3600)


def _processes() -> "list[Process]":
    from medkarta.devtools import beside

    return beside.processes()


def _top_up(*, key: str) -> None:
    from django.utils import timezone

    from medkarta.devtools import demo

    demo.top_up(timezone.localdate(), now=timezone.now())


def _missing() -> str | None:
    from medkarta.devtools import beside

    return beside.missing()
