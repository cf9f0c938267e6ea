"""What an analyte is: name, unit, reference ranges by sex and age, and the spread of values among people."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Norm:
    """A reference range for a sex (None: both) and ages `youngest`..`oldest` in whole years, inclusive.

    `mean` and `sd` describe healthy people of that group, in the analyte's unit.
    """

    low: float | None
    high: float | None
    mean: float
    sd: float
    sex: str | None = None
    youngest: int = 0
    oldest: int = 120


@dataclass(frozen=True, slots=True)
class Analyte:
    """`floor` and `ceiling` are limits that no value of a living patient of this demo leaves."""

    key: str
    loinc: str
    name: str
    ucum: str
    unit: str
    digits: int
    floor: float
    ceiling: float
    norms: tuple[Norm, ...]
    shifts: tuple[tuple[str, float], ...] = ()

    def norm_for(self, sex: str, age: int) -> Norm:
        """Return the first norm that fits. Raises LookupError if the analyte isn't for that person."""
        for norm in self.norms:
            if norm.sex in (None, sex) and norm.youngest <= age <= norm.oldest:
                return norm
        raise LookupError(f"no norm of {self.key} for {sex}, {age}")
