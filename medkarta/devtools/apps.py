from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from medkarta.config.processes import Process


class DevtoolsConfig(AppConfig):
    name = "medkarta.devtools"

    def ready(self) -> None:
        from medkarta.config import processes, readiness
        from medkarta.devtools import guard

        guard.refuse_outside_demo()
        processes.register(_processes)
        readiness.register(_missing)


def _processes() -> "list[Process]":
    from medkarta.devtools import demo

    return demo.processes()


def _missing() -> str | None:
    from medkarta.devtools import demo

    return demo.missing()
