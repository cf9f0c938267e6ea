"""Steps with a sheet of paper in the hand."""

import re
from io import BytesIO

import pikepdf
from playwright.sync_api import Page, expect

from medkarta.printing.tests.reading import squeezed, text_of


def stamp_of(data: bytes) -> tuple[str, str]:
    """Return the number and the passcode that a sheet bears."""
    with pikepdf.open(BytesIO(data)) as pdf:
        found = re.search(r"Номерлиста(\d{16})Код(\d{8})", squeezed("".join(text_of(pdf))))
    assert found, "a sheet without its stamp"
    return found[1], found[2]


def type_stamp(page: Page, number: str, passcode: str) -> None:
    """Come by the link of the QR and type what stands beside it."""
    page.goto(f"/verify/?number={number}")
    page.get_by_label("Код").fill(passcode)
    page.get_by_role("button", name="Проверить").click()


def genuine(page: Page, key: str) -> None:
    data = page.request.get(f"/p/{key}/immunizations/pdf/").body()
    type_stamp(page, *stamp_of(data))
    expect(page.get_by_role("status")).to_contain_text("Подлинный")


def doubtful(page: Page, key: str) -> None:
    type_stamp(page, "0" * 16, "0" * 8)
    expect(page.get_by_role("alert")).to_be_visible()
