from io import BytesIO, RawIOBase

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream, String

from medkarta.documents import inert
from medkarta.documents.tests.papers import JS, packed_pdf, pdf_file, saved, script, with_annotation


def still(data):
    with inert.still_pdf(BytesIO(data)) as found:
        return found.read()


def everything(data):
    """Return what a PDF says, with nothing packed."""
    with pikepdf.open(BytesIO(data)) as pdf:
        return saved(pdf, qdf=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)


ACTING = {
    "opening": pdf_file(OpenAction=script()),
    "opening an address": pdf_file(OpenAction=Dictionary(S=Name.URI, URI=String("https://example.org/"))),
    "names": pdf_file(Names=Dictionary(JavaScript=Dictionary(Names=Array([String("a"), script()])))),
    "closing": pdf_file(AA=Dictionary(WC=script())),
    "form": pdf_file(AcroForm=Dictionary(XFA=String("<xdp/>"), Fields=Array([]))),
    "link": with_annotation(A=script()),
    "focus": with_annotation(AA=Dictionary(Fo=script())),
    "visible page": with_annotation(PA=script()),
    "program": with_annotation(A=Dictionary(S=Name.Launch, F=String("calc.exe"))),
    "sending": with_annotation(A=Dictionary(S=Name.SubmitForm, F=String("https://example.org/"))),
    "address with a script": with_annotation(A=Dictionary(S=Name.URI, URI=String("javascript:alert(1)"))),
    "second step": with_annotation(A=Dictionary(S=Name.GoTo, D=String("a"), Next=Array([script()]))),
    "disguised": with_annotation(A=Dictionary(Type=Name.StructElem, P=String("x"), S=Name.JavaScript, JS=String(JS))),
    "attachment": pdf_file(Names=Dictionary(EmbeddedFiles=Dictionary(Names=Array([])))),
}
MARKS = (b"/JavaScript", b"/OpenAction", b"/AA", b"/PA", b"/XFA", b"/Launch", b"/SubmitForm", b"/EmbeddedFiles")


@pytest.mark.parametrize("name", ACTING)
def test_still_pdf_takes_out_what_acts(name):
    found = everything(still(ACTING[name]))

    assert [mark for mark in MARKS if mark in found] == []
    assert b"/S /URI" not in found
    with pikepdf.open(BytesIO(found)) as pdf:
        assert len(pdf.pages) == 1


QUIET = {
    "plain": pdf_file(),
    "opens at a page": pdf_file(OpenAction=Array([0, Name.Fit])),
    "goes to a page": pdf_file(OpenAction=Dictionary(S=Name.GoTo, D=Array([0, Name.Fit]))),
    "links to a site": with_annotation(A=Dictionary(S=Name.URI, URI=String("https://example.org/"))),
    "font called AA": pdf_file(Fonts=Dictionary(AA=Dictionary(Type=Name.Font, Subtype=Name.Type1))),
}


@pytest.mark.parametrize("name", QUIET)
def test_still_pdf_writes_a_file_that_does_not_act_anew_and_loses_nothing(name):
    found = still(QUIET[name])

    assert found != QUIET[name]
    assert told(found) == told(QUIET[name])


def told(data):
    """Return what stands in the dictionaries of a PDF: their entries' names, and what an action does."""
    with pikepdf.open(BytesIO(data)) as pdf:
        found = [each for each in pdf.objects if isinstance(each, Dictionary) and not isinstance(each, Stream)]
        return sorted((str(sorted(each.keys())), str(each.get("/A", {}).get("/URI"))) for each in found)


def test_still_pdf_shows_no_trailing_part_that_another_reader_might_take():
    assert b"planted" not in still(pdf_file() + b"\n% planted\n%%EOF\n")


def test_still_pdf_refuses_a_small_file_that_unpacks_to_hundreds_of_megabytes():
    file = BytesIO(packed_pdf(600))
    assert file.getbuffer().nbytes < 1024 * 1024

    with pytest.raises(inert.NoPdf):
        inert.still_pdf(file)

    assert file.closed


def test_still_pdf_takes_a_file_that_unpacks_to_some_megabytes():
    with pikepdf.open(BytesIO(still(packed_pdf(20)))) as pdf:
        assert pdf.Root.Packed.Kind == Name.Packed


def locked():
    with pikepdf.open(BytesIO(pdf_file(OpenAction=script()))) as pdf:
        return saved(pdf, encryption=pikepdf.Encryption(owner="a", user="b"))


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 nothing", b"%PDF-1.7\n" + b"\x00" * 5000, locked()])
def test_still_pdf_refuses_what_it_cannot_look_through_and_closes_it(data):
    file = BytesIO(data)

    with pytest.raises(inert.NoPdf):
        inert.still_pdf(file)

    assert file.closed


class Coming(RawIOBase):
    """A file that comes once, as an object store gives it."""

    def __init__(self, data):
        self._rest = BytesIO(data)

    def readable(self):
        return True

    def readinto(self, buffer):
        return self._rest.readinto(buffer)


@pytest.mark.parametrize("data", [pdf_file(), pdf_file(OpenAction=script())])
def test_still_pdf_takes_a_file_that_cannot_be_wound_back(data):
    file = Coming(data)

    with inert.still_pdf(file) as opened:
        found = opened.read()

    assert found.startswith(b"%PDF-")
    assert b"JavaScript" not in everything(found)
    assert file.closed
