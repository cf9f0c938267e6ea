"""Days and times of chosen posts: how many are free on each, and those of one day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from uuid import UUID

from django.db.models import Count, F, Min, Q
from django.db.models.functions import TruncDate

from medkarta.scheduling.models import Slot
from medkarta.scheduling.models.slots import FREE
from medkarta.scheduling.queries.finding import Seeker, ends_of, free_times
from medkarta.scheduling.queries.posts import Post

FEW = 3
NOON, EVENING = 12, 17


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day at a clinic. `works`: times there are at all; `others`: free ones that other channels give out.

    `opens_at`: when more of its times open for everybody.
    """

    day: date
    free: int
    works: int
    others: int
    opens_at: datetime | None

    @property
    def is_few(self) -> bool:
        return self.free <= FEW


@dataclass(frozen=True, slots=True)
class TimeRow:
    id: UUID
    starts_at: datetime
    post: Post


@dataclass(frozen=True, slots=True)
class Days:
    """A window of days in the clinic's zone. `later`: whether anything is free after it.

    `opens_at`: the next moment at which times open, those of days after the window too.
    """

    rows: tuple[DayRow, ...]
    zone: tzinfo
    later: bool
    opens_at: datetime | None

    @property
    def has_free(self) -> bool:
        return any(one.free for one in self.rows)

    def open_day(self, wished: date | None) -> date | None:
        """Return the day whose times are shown: the wished one if it has any, else the first that has."""
        free = [one.day for one in self.rows if one.free]
        return wished if wished in free else next(iter(free), None)


def list_days(seeker: Seeker, posts: Sequence[Post], *, first: date, count: int) -> Days:
    """Return so many days from one on, with what each has; days after them are looked at for `later`. One statement."""
    zone = posts[0].clinic.zone
    start, end = _midnight(first, zone), _midnight(first + timedelta(days=count * 2), zone)
    found = (
        Slot.objects.filter(_chosen(posts), starts_at__gte=start, starts_at__lt=end)
        .exclude(status="entered-in-error")
        .annotate(day=TruncDate("starts_at", tzinfo=zone), common=F("rights_mask").bitand(seeker.mask))
        .values("day")
        .annotate(
            free=Count("pk", filter=_takeable(seeker, posts) & Q(common__gt=0)),
            works=Count("pk", filter=~Q(status="busy-unavailable") & Q(blocked_by__isnull=True)),
            others=Count("pk", filter=_takeable(seeker, posts) & Q(common=0)),
            opens_at=Min("opens_at", filter=FREE & Q(opens_at__gt=seeker.now, common__gt=0)),
        )
        .values_list("day", "free", "works", "others", "opens_at")
    )
    by_day = {row[0]: DayRow(*row) for row in found}
    shown = [first + timedelta(days=number) for number in range(count)]
    return Days(
        rows=tuple(by_day.get(day) or DayRow(day, 0, 0, 0, None) for day in shown),
        zone=zone,
        later=any(one.free for day, one in by_day.items() if day not in shown),
        opens_at=min((one.opens_at for one in by_day.values() if one.opens_at), default=None),
    )


def list_times(seeker: Seeker, posts: Sequence[Post], day: date) -> list[TimeRow]:
    """Return the free times of a day in the clinic's zone, soonest first. One statement."""
    zone, by_schedule = posts[0].clinic.zone, {one.schedule_id: one for one in posts}
    start, end = _midnight(day, zone), _midnight(day + timedelta(days=1), zone)
    found = free_times(seeker).filter(_chosen(posts), starts_at__gte=start, starts_at__lt=end)
    rows = found.order_by("starts_at", "id").values_list("id", "starts_at", "schedule_id")
    return [TimeRow(pk, starts_at, by_schedule[schedule]) for pk, starts_at, schedule in rows]


def part_of_day(at: datetime, zone: tzinfo) -> int:
    """Return 0 for the morning, 1 for the day, 2 for the evening by a clinic's clock."""
    hour = at.astimezone(zone).hour
    return 0 if hour < NOON else 1 if hour < EVENING else 2


def _chosen(posts: Sequence[Post]) -> Q:
    chosen = Q(schedule_id__in=[one.schedule_id for one in posts])
    codes = {one.code for one in posts}
    return chosen & Q(specialty_code__in=codes) if "" not in codes else chosen


def _takeable(seeker: Seeker, posts: Sequence[Post]) -> Q:
    """Return the condition of `free_times` without the rights, for counting: a test holds the two together."""
    now = seeker.now
    earliest = now + timedelta(minutes=seeker.rules_of(posts[0]).min_lead_minutes)
    unheld = Q(held_until__isnull=True) | Q(held_until__lte=now) | Q(held_by=seeker.client.holder)
    released = Q(opens_at__isnull=True) | Q(opens_at__lte=now)
    ends_at = ends_of(seeker.grant, posts[0])
    in_time = Q(starts_at__lt=ends_at) if ends_at else Q()
    return FREE & unheld & released & Q(starts_at__gte=earliest) & in_time


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, zone)
