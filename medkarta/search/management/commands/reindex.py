"""`medkarta reindex`: make the search index anew from what the rooms hold."""

from typing import Any

from django.core.management.base import BaseCommand

from medkarta.search import actions


class Command(BaseCommand):
    help = "Make the search index anew from all documents and records. Searches see the old one until the end"
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        for kind, number in actions.rebuild().items():
            self.stdout.write(f"{kind.ljust(16)}{number:>10}")
