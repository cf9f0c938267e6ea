from django.apps import AppConfig


class DevtoolsConfig(AppConfig):
    name = "medkarta.devtools"

    def ready(self) -> None:
        from medkarta.config import processes, readiness
        from medkarta.devtools import demo

        demo.refuse_outside_demo()
        processes.register(demo.processes)
        readiness.register(demo.missing)
