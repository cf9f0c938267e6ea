"""How far a clinic is. Pure."""

from math import asin, cos, radians, sin, sqrt

EARTH_KM = 6371.0
Point = tuple[float, float]


def distance_km(one: Point | None, other: Point | None) -> float | None:
    """Return the kilometres between two (latitude, longitude) in degrees, as the crow flies; None while unknown."""
    if one is None or other is None:
        return None
    (north, east), (to_north, to_east) = ((radians(a), radians(b)) for a, b in (one, other))
    bow = sin((to_north - north) / 2) ** 2 + cos(north) * cos(to_north) * sin((to_east - east) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(bow)))
