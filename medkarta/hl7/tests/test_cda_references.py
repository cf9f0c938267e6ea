"""What `#id` in the entries of a document points at, and what it costs to look there."""

from time import process_time

import pytest

from medkarta.core.blocks import words
from medkarta.hl7 import cda
from medkarta.hl7.tests.cda_documents import sections

REFERENCE = (
    "<entry><observation><code><originalText><reference value='#{}'/></originalText></code>"
    "<value xsi:type='ST'>есть</value></observation></entry>"
)
CPU_SECONDS = 3


def referred(target, identifiers, *, around="text"):
    """Return the words of a section whose entries point at what stands in another one, and the CPU seconds spent."""
    data = sections(f"<{around}>{target}</{around}>", f"<title>Т</title>{''.join(map(REFERENCE.format, identifiers))}")
    began = process_time()
    found = "".join(words(cda.read_document(data).sections[1:])).removeprefix("Т")
    return found, process_time() - began


@pytest.mark.parametrize(
    "paragraph",
    ["слово " * 80_000, "<content>слово</content> " * 80_000, " " * 900_000],
    ids=["words", "elements", "blanks"],
)
def test_thousands_of_references_to_one_long_paragraph_cost_as_much_as_one(paragraph):
    found, seconds = referred(f"<paragraph ID='b'>{paragraph}</paragraph>", ["b"] * 2_000)

    assert found
    assert seconds < CPU_SECONDS


@pytest.mark.parametrize(
    "inner", ["<content/>" * 100_000, " " * 8_000_000, "слово " * 300_000], ids=["elements", "blanks", "words"]
)
def test_references_to_what_lies_in_each_other_are_bounded_together(inner):
    names = [f"b{number}" for number in range(200)]
    target = "".join(f"<content ID='{name}'>" for name in names) + inner + "</content>" * len(names)

    # in a title nothing but the references reads it, as a narrative is cut where it nests too deep
    found, seconds = referred(target, names, around="title")

    assert found
    assert seconds < CPU_SECONDS


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("<content ID='b'>Боль в</content> горле", "Боль в"),
        (
            "<content ID='b'>  Боль \n\t в <sub>горле</sub>,<br/> сухость<!-- нет --> во <sub> </sub> рту </content>!",
            "Боль в горле, сухость во рту",
        ),
    ],
)
def test_a_reference_reads_all_below_it_on_one_line(target, expected):
    found, _ = referred(target, ["b"])

    assert found == f"{expected}: есть"


def test_a_reference_reads_no_more_than_the_maximum():
    least, most = (referred(f"<content ID='b'>{'а' * size}</content>", ["b"])[0] for size in (4_000, 4_001))

    assert least == most
    assert least.count("а") == 4_000
