"""Writes of the index. A room calls them inside the transaction that writes its own row."""

from collections.abc import Iterable, Iterator
from itertools import islice
from uuid import UUID

from django.db import transaction

from medkarta.core.sql import upsert
from medkarta.search import kinds, lexicon, rules, sql
from medkarta.search.entries import Entry
from medkarta.search.lemmas import lemmas_of
from medkarta.search.models import SearchEntry, SearchText, SearchWord

__all__ = ["Entry", "drop", "put", "rebuild"]

_BATCH = 500
_TITLE = 500
Subject = tuple[UUID, str]


def put(entries: Iterable[Entry]) -> int:
    """Enter what can be found, or what has changed of it; return how many. Five statements for five hundred entries.

    Of two entries of one subject the last one counts.
    """
    given, number = iter(entries), 0
    while batch := list(islice(given, _BATCH)):
        _put({(one.subject_id, one.kind): one for one in batch})
        number += len(batch)
    return number


def drop(kind: str, ids: Iterable[UUID]) -> None:
    """Let rows of a room not be found any more; those that never were are no error."""
    found = SearchEntry.objects.filter(kind=kind, subject_id__in=list(ids)).values_list("id", flat=True)
    _delete(list(found))


def rebuild() -> dict[str, int]:
    """Make the index anew from what the rooms have registered; return how many entries of each kind it has now."""
    numbers = {}
    with transaction.atomic():
        SearchText.objects.all().delete()
        SearchEntry.objects.all().delete()
        SearchWord.objects.all().delete()
        for kind in kinds.registered():
            numbers[kind.code] = put(kind.entries())
    return numbers


@transaction.atomic
def _put(entries: dict[Subject, Entry]) -> None:
    stored = SearchEntry.objects.filter(subject_id__in={subject for subject, _kind in entries})
    before = {(subject, kind): id_ for id_, subject, kind in stored.values_list("id", "subject_id", "kind")}
    keys = dict(_keys(entries, before))
    _delete([before[subject] for subject in entries if subject in before and before[subject] != keys[subject]])
    known: set[str] = set()
    rows, texts = [], []
    for subject, one in entries.items():
        title, body = rules.plain(one.title)[:_TITLE], rules.plain(one.text)
        found = lemmas_of(f"{title} {body}")
        known |= found
        marks = sql.marks(one.patient_id, one.kind, is_restricted=one.is_restricted)
        rows.append(
            SearchEntry(
                id=keys[subject], kind=one.kind, subject_id=one.subject_id, patient_id=one.patient_id,
                is_restricted=one.is_restricted, dated_at=one.dated_at, title=title,
            )
        )  # fmt: skip
        texts.append(SearchText(entry_id=keys[subject], body=body, lemmas=" ".join([*sorted(found), *marks])))
    upsert(rows)
    upsert(texts)
    lexicon.WORDS.learn(known)


def _keys(entries: dict[Subject, Entry], before: dict[Subject, int]) -> Iterator[tuple[Subject, int]]:
    """Yield the key of each entry: the one it has, while its date stays; else its own, or the next one that is free."""
    wanted = {subject: rules.entry_id(one.kind, one.subject_id, one.dated_at) for subject, one in entries.items()}
    owners = {id_: (subject, kind) for (subject, kind), id_ in before.items()}
    taken = SearchEntry.objects.filter(id__in=wanted.values()).values_list("id", "subject_id", "kind")
    owners |= {id_: (subject, kind) for id_, subject, kind in taken}
    for subject, key in wanted.items():
        if subject in before and rules.minute_of_id(before[subject]) == rules.minute_of_id(key):
            yield subject, before[subject]
            continue
        while owners.get(key, subject) != subject:
            key += 1
        owners[key] = subject
        yield subject, key


def _delete(ids: list[int]) -> None:
    if ids:
        SearchText.objects.filter(entry_id__in=ids).delete()
        SearchEntry.objects.filter(id__in=ids).delete()
