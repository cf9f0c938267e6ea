"""One region of a fixed day for all tests of this room."""

from collections import defaultdict
from datetime import date

import pytest

from medkarta.devtools import region

TODAY = date(2026, 11, 25)


class Loaded:
    """Resources by (source, type, id) and by type, with the patient of each."""

    def __init__(self, items):
        self.items = list(items)
        self.by_key = {(source, one["resourceType"], one["id"]): one for source, one in self.items}
        self.by_type = defaultdict(list)
        for _, one in self.items:
            self.by_type[one["resourceType"]].append(one)
        self.patients = {one["id"]: one for one in self.by_type["Patient"]}

    def patient_of(self, resource):
        found = resource.get("subject") or resource.get("patient") or resource.get("beneficiary")
        return self.patients[found["reference"].partition("/")[2]]

    def born(self, resource):
        return date.fromisoformat(self.patient_of(resource)["birthDate"])


@pytest.fixture(scope="session")
def loaded():
    return Loaded(region.resources(TODAY, residents=300))


@pytest.fixture(scope="session")
def named():
    return Loaded(region.persons(TODAY))
