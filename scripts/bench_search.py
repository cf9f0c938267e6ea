"""What a search inside a record takes, on both databases: one person with all the documents, and one of many.

Texts are drawn from words in all their forms, common and rare as words of a language are (Zipf), with made-up ones
so that the house knows as many words as a real one. Measured is `search.queries.find` with its hits and snippets.

    python scripts/bench_search.py [--documents 50000] [--only sqlite|postgresql]
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from uuid import UUID, uuid5

DATABASES = "sqlite", "postgresql"
NAMESPACE = UUID(int=4)
OTHERS, EACH, WORDS, ROUNDS = 500, 20, 300, 60
BASE = (
    "анализ кровь моча общий биохимический гемоглобин глюкоза холестерин билирубин креатинин мочевина лейкоцит "
    "тромбоцит эритроцит приём осмотр консультация терапевт кардиолог невролог хирург офтальмолог "
    "оториноларинголог эндокринолог гастроэнтеролог пульмонолог жалоба анамнез диагноз заключение рекомендация "
    "назначение антибиотик амоксициллин аторвастатин лизиноприл метформин парацетамол ибупрофен давление пульс "
    "температура дыхание лёгкое сердце печень почка желудок кишечник щитовидный железа позвоночник сустав колено "
    "рука нога голова шея грудной клетка брюшной полость исследование рентгенография флюорография томография "
    "эхокардиография электрокардиограмма ультразвуковой эндоскопия прививка вакцина грипп ангина бронхит "
    "пневмония гастрит язва гипертония диабет анемия остеохондроз аллергия ожирение мигрень нормальный повышенный "
    "пониженный умеренный выраженный хронический острый ремиссия обострение пациент врач поликлиника больница "
    "отделение направление рецепт справка результат показатель норма "
)
SYLLABLES = [a + b for a in "бвгджзклмнпрстфхцч" for b in "аеиоу"]
ASKED = {
    "a common word": ["анализ", "пациент", "кровь", "врача"],
    "a rare word": [],
    "two words": ["анализ крови", "щитовидная железа", "хронический гастрит", "приём кардиолога"],
    "four words": ["общий анализ крови гемоглобин", "острый бронхит пневмония антибиотик"],
    "unfinished": ["эхокард", "антиб", "гипер", "рентг"],
    "a typo": ["сантибиотик", "гемаглобин", "пневмания", "кардеолог"],
    "not there": ["самолётостроение", "неттакогослова"],
}


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--documents", type=int, default=50_000)
    arguments.add_argument("--only", choices=DATABASES)
    arguments.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.measure:
        measure(given.documents)
        return 0
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    from bench import _environment

    for database in [given.only] if given.only else DATABASES:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            environment, _process = _environment(stack, folder / database, database)
            print(
                f"\n{database}, {given.documents} documents of one person, {OTHERS * EACH} of {OTHERS} others",
                flush=True,
            )
            command = [sys.executable, __file__, "--measure", "--documents", str(given.documents)]
            if subprocess.run(command, env=environment, check=False).returncode:
                return 1
    return 0


def measure(documents: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medkarta.config.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0, skip_checks=True)
    people = [_person(number) for number in range(OTHERS + 1)]
    words = Words(random.Random(4))
    spent, cpu = _load(people, documents, words)
    number = documents + OTHERS * EACH
    print(f"entered at {number / spent:.0f}/s, {cpu / number * 1000:.2f} ms CPU each", flush=True)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")
    ASKED["a rare word"] = words.rare(20)
    for name, scope in (("one with all", people[0][0]), ("one of many", people[7][0])):
        print(f"{name:16}{'p50 ms':>10}{'p95 ms':>10}{'CPU p50':>10}{'CPU p95':>10}{'found':>10}")
        every: list[tuple[float, float]] = []
        for title, queries in ASKED.items():
            times, found = _times(scope, queries)
            every += times
            print(f"  {title:14}{_line(times)}{found:>10}")
        print(f"  {'all':14}{_line(every)}", flush=True)


def _times(scope: Any, asked: list[str]) -> tuple[list[tuple[float, float]], int]:
    """Return (time, CPU of this process) of each search in ms, and the most that one found."""
    from medkarta.search import queries

    times, found = [], 0
    for number in range(ROUNDS):
        start, cpu = time.perf_counter(), time.process_time()
        found = max(found, queries.find(scope, asked[number % len(asked)], limit=20).total)
        times.append(((time.perf_counter() - start) * 1000, (time.process_time() - cpu) * 1000))
    return times, found


def _line(times: list[tuple[float, float]]) -> str:
    columns = zip(*times, strict=True)
    return "".join(f"{median(column):10.1f}{quantiles(column, n=20)[-1]:10.1f}" for column in columns)


class Words:
    """Words in their forms, the n-th about n times rarer than the first."""

    def __init__(self, chance: random.Random) -> None:
        from pymorphy3 import MorphAnalyzer

        self.chance = chance
        forms = MorphAnalyzer()
        self.groups = [[form.word for form in forms.parse(word)[0].lexeme] for word in BASE.split()]
        made = ["".join(chance.choices(SYLLABLES, k=chance.randint(2, 5))) + "н" for _ in range(40_000)]
        self.groups += [[word, f"{word}а", f"{word}ом"] for word in made]
        self.weights = list(accumulate(1 / (place + 20) for place in range(len(self.groups))))

    def text(self, length: int) -> str:
        picked = self.chance.choices(self.groups, cum_weights=self.weights, k=length)
        return " ".join(self.chance.choice(group) for group in picked)

    def rare(self, number: int) -> list[str]:
        return [self.chance.choice(group) for group in self.chance.sample(self.groups[5_000:], number)]


def _load(people: list[tuple[Any, UUID]], documents: int, words: Words) -> tuple[float, float]:
    from medkarta.search import actions

    def entries() -> Iterator[Any]:
        first = datetime(2015, 1, 1, tzinfo=UTC)
        owners = [people[0][1]] * documents + [patient for _scope, patient in people[1:] for _ in range(EACH)]
        words.chance.shuffle(owners)
        for number, owner in enumerate(owners):
            at = first + timedelta(minutes=number * 60)
            yield actions.Entry("document", uuid5(NAMESPACE, str(number)), owner, words.text(6), words.text(WORDS), at)

    made, spent, cpu = entries(), 0.0, 0.0
    batch: list[Any] = []
    put: Callable[[list[Any]], int] = actions.put
    for one in made:
        batch.append(one)
        if len(batch) == 100:
            start, begun = time.perf_counter(), time.process_time()
            put(batch)
            spent += time.perf_counter() - start
            cpu += time.process_time() - begun
            batch = []
    put(batch)
    return spent, cpu


def _person(number: int) -> tuple[Any, UUID]:
    from django.utils import timezone

    from medkarta.core.scopes import Actor, ActorKind, PatientScope
    from medkarta.patients.models import Patient, Person

    now = timezone.now()
    person = Person.objects.create(family_name="Пробный", given_name="Человек", updated_at=now)
    patient = Patient.objects.create(source="bench", person=person, link="linked", updated_at=now)
    scope = PatientScope(Actor(ActorKind.PERSON, "bench"), uuid5(NAMESPACE, "account"), person.pk, "k", is_self=True)
    return scope, patient.pk


if __name__ == "__main__":
    raise SystemExit(main())
