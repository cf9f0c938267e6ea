"""People at the pages of the waiting list: join, sometimes to swap, look for an offer, answer it, leave."""

import re
from typing import TYPE_CHECKING

from medkarta.devtools.storm.forms import fields_of

if TYPE_CHECKING:
    from medkarta.devtools.storm.people import Person

_ENTRY = re.compile(r"/appointments/waitlist/([0-9a-f-]{36})/")
_OFFER = re.compile(r"/offers/([0-9a-f-]{36})/accept/")


def wait(person: "Person") -> None:
    """Join when nothing is waited for, else see what has come of it. Raises Lost."""
    if person.entries and person.dice.random() < 0.8:
        look(person, person.dice.choice(sorted(person.entries)))
    else:
        join(person)


def join(person: "Person") -> None:
    """Fill the form in as it comes, now and then twice, now and then for an earlier time than the one booked."""
    position = person.dice.choice(sorted({one["position"] for one in person.times}))
    swap = person.dice.choice(sorted(person.mine)) if person.mine and person.dice.random() < 0.4 else ""
    query = f"swap={swap}" if swap else f"specialty={position}"
    page = person.browser.get(person.url(f"waitlist/new/?{query}"))
    if page.status != 200:
        return
    fields = [one for one in fields_of(page.body) if one[0] != "auto_book"]
    if person.dice.random() < 0.2:
        fields.append(("auto_book", "on"))
    for _again in range(person.dice.choice((1, 1, 2))):
        answer = person.call("join", person.url("waitlist/new/"), fields, swap=swap)
        found = _ENTRY.search(answer.location)
        if found:
            person.entries.add(found.group(1))


def look(person: "Person", entry: str) -> None:
    """Open an entry; answer the offer that it shows, or give the entry up once in a while."""
    here = f"waitlist/{entry}/"
    page = person.browser.get(person.url(here))
    found = _OFFER.search(page.body)
    if page.status != 200:
        person.entries.discard(entry)
    elif found:
        is_yes = person.dice.random() < 0.6
        op = "accept" if is_yes else "decline"
        path = person.url(f"{here}offers/{found.group(1)}/{op}/")
        person.call(op, path, [], entry_id=entry, offer=found.group(1))
    elif "waitlist/" + entry + "/leave/" not in page.body:
        person.entries.discard(entry)  # it has ended
    elif person.dice.random() < 0.1:
        person.call("leave", person.url(f"{here}leave/"), [], entry_id=entry)
