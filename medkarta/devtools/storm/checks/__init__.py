"""What must hold when a storm is over. Each check reads plain values and yields a sentence for each violation."""

from collections.abc import Callable, Iterator

from medkarta.devtools.storm.checks import answers, rows, traces, waiting, weather
from medkarta.devtools.storm.facts import Evidence

Check = Callable[[Evidence], Iterator[str]]

CHECKS: dict[str, Check] = {
    "one live booking a slot": rows.one_live_per_slot,
    "no overlap of a person": rows.no_overlap,
    "one live booking a position": rows.one_per_position,
    "slots agree with bookings": rows.slots_agree,
    "moves are whole": rows.moves_are_whole,
    "confirmed bookings are kept": answers.confirmed_are_kept,
    "no false «готово»": answers.nothing_false,
    "every end is explained": answers.ends_are_explained,
    "a key gives one booking": answers.keys_give_one,
    "holds are respected": answers.holds_are_respected,
    "one time, one offer": waiting.offers_are_exclusive,
    "the list keeps its order": waiting.order_is_kept,
    "requests agree with the list": waiting.requests_agree,
    "every change is in the access log": traces.changes_are_audited,
    "people are told what is so": traces.people_are_told,
    "the queue is worked off": traces.queue_is_worked_off,
    "the sealed log holds": traces.seals_hold,
    "no server error": weather.no_server_error,
    "never «database is locked»": weather.never_locked,
}


def violations(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """Yield the name of a check and what it found, for everything that does not hold."""
    for name, check in CHECKS.items():
        for text in check(evidence):
            yield name, text
