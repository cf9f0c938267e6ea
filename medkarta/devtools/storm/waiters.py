"""People of the waiting list who come by another door than the pages: the same actions, without HTTP."""

import random
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

Call = Callable[..., None]


class Waiters:
    """`call` writes down what is done, before and after (`Side.call`)."""

    def __init__(self, world: dict[str, Any], dice: random.Random, call: Call) -> None:
        self.world, self.dice, self.call = world, dice, call

    def join(self) -> None:
        """Wait for a position, mostly with a fresh form, now and then with one that was sent already."""
        from medkarta.scheduling.actions import waitlist
        from medkarta.scheduling.actions.waitlist_joining import WaitlistForm

        row = self.dice.choice(self.world["people"])
        position = "27" if row["is_child"] else self.dice.choice(("49", "61", "34"))
        clinics = tuple(UUID(one) for one in self.dice.sample(self.world["clinics"], self.dice.choice((1, 2))))
        form = WaitlistForm(position, clinics, auto_book=self.dice.random() < 0.2)
        form_key = uuid4()

        def do(now: datetime) -> dict[str, str]:
            joined = waitlist.join(_scope(row), form=form, form_key=form_key, now=now)
            return {"entry": str(joined.id)}

        for _again in range(self.dice.choice((1, 1, 2))):
            self.call("join", do, person=row["person"], form_key=str(form_key))

    def answer(self) -> None:
        """Answer an offer that waits: accept more often than not."""
        from medkarta.scheduling.actions import waitlist

        found = self._some_offer()
        if found is None:
            return
        offer, entry, slot, row = found
        facts = {"person": row["person"], "offer": str(offer), "entry_id": str(entry)}

        def accept(now: datetime) -> dict[str, str]:
            return {"appointment": str(waitlist.accept(_scope(row), offer_id=offer, now=now).pk)}

        def decline(now: datetime) -> dict[str, str]:
            waitlist.decline(_scope(row), offer_id=offer, now=now)
            return {}

        if self.dice.random() < 0.6:
            self.call("accept", accept, slot=str(slot), **facts)
        else:
            self.call("decline", decline, **facts)

    def _some_offer(self) -> tuple[UUID, UUID, UUID, dict[str, Any]] | None:
        from medkarta.scheduling.models import WaitlistOffer

        names = ("pk", "entry_id", "slot_id", "entry__patient__person_id")
        found = list(WaitlistOffer.objects.filter(state="sent").values_list(*names)[:50])
        if not found:
            return None
        offer, entry, slot, person = self.dice.choice(found)
        row = next(one for one in self.world["people"] if one["person"] == str(person))
        return offer, entry, slot, row


def _scope(row: dict[str, Any]) -> Any:
    from medkarta.core.scopes import Actor, ActorKind, PatientScope

    account = UUID(row["account"])
    return PatientScope(
        Actor(ActorKind.PERSON, str(account)), account, UUID(row["person"]), row["key"], not row["is_child"]
    )
