"""A value over years and laboratories: units that meet and units that don't, pictures, spreadsheets, pages."""

import csv
import itertools
import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
import time_machine

from medkarta.core.errors import NotFound
from medkarta.core.scopes import Restricted
from medkarta.facilities.tests.factories import FacilityFactory
from medkarta.patients.tests.factories import PatientFactory, scope_of
from medkarta.results import chart, conversions, exports, texts, trend_texts, trends
from medkarta.results.chart import Datum
from medkarta.results.models import DiagnosticReport, ResultLink
from medkarta.results.tests.factories import NOW, DiagnosticReportFactory, ObservationFactory, value_of
from medkarta.signin.tests.factories import resident, signed_in

YEAR = timedelta(days=365)
LOINC = "http://loinc.org"
WEIGHTS = {"C": "12.011", "H": "1.008", "N": "14.007", "O": "15.999", "Ca": "40.078", "Fe": "55.845"}
"""Standard atomic weights, abridged (IUPAC 2021)."""


def mmol(number, low="", high="5.2"):
    return {
        "kind": "number", "number": number, "unit": "ммоль/л", "unit_code": "mmol/L",
        "norm_low": low, "norm_high": high,
    }  # fmt: skip


def mg(number):
    return {"kind": "number", "number": number, "unit": "мг/дл", "unit_code": "mg/dL", "norm_high": "200"}


def cholesterol(patient, at, measure, **values):
    report = DiagnosticReportFactory(patient=patient, effective_at=at, facility_name=values.pop("place", "Лаборатория"))
    code = values.pop("code", "14647-2")
    return value_of(report, code=code, code_system=LOINC, effective_at=at, measure=measure, **values)


def test_molar_masses_are_those_of_their_formulas():
    for one in conversions.table().analytes:
        parts = re.findall(r"([A-Z][a-z]?)(\d*)", one.formula)
        mass = sum(Decimal(WEIGHTS[element]) * int(count or 1) for element, count in parts)
        assert abs(mass - one.molar_mass) < Decimal("0.001"), one.code


def test_no_code_stands_in_two_analytes_and_all_units_are_known():
    codes = [code for one in conversions.table().analytes for code in one.codes]
    assert len(codes) == len(set(codes))
    units = conversions.table().units
    assert {one.unit for one in conversions.table().analytes} <= set(units)
    assert set(conversions.table().spellings.values()) <= set(units)


@pytest.mark.parametrize(
    ("code", "number", "unit", "wanted", "expected"),
    [
        ("2093-3", "193", "mg/dL", "mmol/L", "4.99"),
        ("14647-2", "5.0", "mmol/L", "mg/dL", "190"),
        ("2345-7", "99", "mg/dL", "mmol/L", "5.5"),
        ("2160-0", "0.80", "mg/dL", "umol/L", "71"),
        ("718-7", "13.5", "g/dL", "g/L", "135"),
        ("2345-7", "5", "mg/dL", "mmol/L", "0.28"),
    ],
)
def test_convert_keeps_the_significant_digits(code, number, unit, wanted, expected):
    by = conversions.factor(conversions.analyte_of(code, LOINC), unit, wanted)

    assert conversions.convert(Decimal(number), by) == Decimal(expected)


@pytest.mark.parametrize(
    ("code", "unit", "wanted"),
    [
        ("718-7", "g/L", "mmol/L"),
        ("2093-3", "mmol/L", "10*9/L"),
        ("2093-3", "mmol/L", "[iU]/L"),
        ("", "U/L", "ukat/L"),
    ],
)
def test_factor_is_none_where_the_table_has_no_way(code, unit, wanted):
    assert conversions.factor(conversions.analyte_of(code, LOINC), unit, wanted) is None


def test_analyte_of_another_code_system_is_unknown():
    assert conversions.analyte_of("2093-3", "urn:oid:1.2.3") is None


def datum(days, value, low=None, high=None, is_out=False):
    at = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=days)
    return Datum(at, Decimal(value), low and Decimal(low), high and Decimal(high), is_out)


def test_draw_places_moments_and_values_in_proportion():
    drawn = chart.draw([datum(0, "4"), datum(100, "6"), datum(400, "8")], width=520, height=300)

    first, second, third = drawn.dots
    assert (second.x - first.x) * 3 == pytest.approx(third.x - second.x, abs=0.5)
    assert first.y - second.y == pytest.approx(second.y - third.y, abs=0.2)
    assert first.x > chart.LEFT
    assert third.x < drawn.right
    assert all(chart.TOP <= one.y <= drawn.bottom for one in drawn.dots)
    assert drawn.line == f"{first.x},{first.y} {second.x},{second.y} {third.x},{third.y}"


def test_draw_gives_each_point_the_norm_of_its_own_laboratory():
    data = [datum(0, "5", "3", "5.2"), datum(100, "5", None, "6"), datum(200, "5")]

    drawn = chart.draw(data, width=520, height=300)

    old, new = drawn.bands
    assert old.x == chart.LEFT
    assert old.x + old.width == pytest.approx(new.x, abs=0.2)
    assert new.y < old.y
    assert new.y + new.height >= old.y + old.height
    assert new.x + new.width < drawn.right


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        (["4.7", "6.4"], ["4.5", "5", "5.5", "6", "6.5"]),
        (["0", "100"], ["0", "20", "40", "60", "80", "100", "120"]),
        (["-3", "2"], ["-4", "-3", "-2", "-1", "0", "1", "2", "3"]),
        (["5"], ["4", "5", "6"]),
        (["0"], ["0", "0.2"]),
        (["0.003", "0.004"], ["0.0028", "0.0030", "0.0032", "0.0034", "0.0036", "0.0038", "0.0040", "0.0042"]),
    ],
)
def test_draw_ticks_are_round_and_hold_all_values(values, ticks):
    drawn = chart.draw([datum(number, value) for number, value in enumerate(values)], width=520, height=300)

    assert [one.value for one in drawn.ticks] == [Decimal(one) for one in ticks]


def test_draw_keeps_a_far_limit_from_flattening_the_line():
    drawn = chart.draw([datum(0, "3", "13", "150"), datum(100, "22", "13", "150")], width=520, height=300)

    assert [one.value for one in drawn.ticks][-1] < 60
    assert drawn.bands[0].y == chart.TOP, "the band reaches the edge"


def test_draw_many_points_names_the_ends_and_extremes_only():
    data = [datum(number * 30, str(5 + number % 4), is_out=number % 4 == 3) for number in range(40)]

    drawn = chart.draw(data, width=520, height=300)

    labelled = [one for one in drawn.dots if one.label is not None]
    assert 2 <= len(labelled) <= 4
    assert drawn.dots[-1].label == data[-1].value
    gaps = sorted(one.x for one in labelled)
    assert all(after - before >= 34 for before, after in itertools.pairwise(gaps))
    assert [one.moment.year for one in drawn.marks] == [2020, 2021, 2022, 2023]


def test_draw_of_one_moment_spreads_and_of_none_is_an_error():
    drawn = chart.draw([datum(0, "1"), datum(0, "2"), datum(0, "3")], width=350, height=260)
    assert len({one.x for one in drawn.dots}) == 3
    with pytest.raises(ValueError, match="nothing"):
        chart.draw([], width=350, height=260)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('=HYPERLINK("http://x")', '\'=HYPERLINK("http://x")'),
        ("+7 916", "'+7 916"),
        ("-1+2", "'-1+2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'=1"),
        ("\r\n=1", "'=1"),
        ("＝1", "'＝1"),
        ("-1,5", "-1,5"),
        ("5,2", "5,2"),
        ("Натрий\nв моче", "Натрий в моче"),
        ("%", "%"),
    ],
)
def test_cell_is_never_a_formula(text, expected):
    assert exports.cell(text) == expected


@pytest.mark.django_db
class TestTrend:
    @pytest.fixture
    def patient(self):
        return PatientFactory()

    def test_meets_laboratories_codes_and_units_on_one_axis(self, patient, django_assert_num_queries):
        cholesterol(patient, NOW - 2 * YEAR, mg("193"), code="2093-3", place="Частная лаборатория")
        cholesterol(patient, NOW - YEAR, mmol("6.4"), place="Больница")
        asked = cholesterol(patient, NOW, mmol("6.1", low="3.0"), place="Поликлиника № 3")
        cholesterol(patient, NOW, mmol("1.5"), code="14646-4")  # another analyte
        cholesterol(PatientFactory(), NOW, mmol("9.9"))
        scope = scope_of(patient)

        with django_assert_num_queries(5):
            found = trends.get_trend(scope, asked.pk)

        assert [one.measure.number for one in found.points] == ["6.1", "6.4", "4.99"]
        assert [one.place for one in found.points] == ["Поликлиника № 3", "Больница", "Частная лаборатория"]
        assert found.unit == "ммоль/л"
        old = found.points[-1]
        assert (old.was.number, old.measure.norm_high, old.assessment.is_out) == ("193", "5.17", False)
        assert trend_texts.was_text(old) == "193\u00a0мг/дл"
        assert [one.value for one in found.data] == [Decimal("4.99"), Decimal("6.4"), Decimal("6.1")]
        assert len(scope.reads.by_kind["Observation"]) == 3

    def test_unit_without_a_code_is_known_by_how_it_is_written(self, patient):
        spelt = {"kind": "number", "number": "200", "unit": "мг / дл"}
        asked = cholesterol(patient, NOW, spelt)

        assert trends.get_trend(scope_of(patient), asked.pk).points[0].measure.number == "5.17"

    @pytest.mark.parametrize(
        ("norm", "shown", "in_csv"),
        [
            ({"norm_text": "менее 110"}, "менее 110\u00a0мг/дл", "менее 110 мг/дл"),
            ({"norm_text": "менее 110 мг/дл"}, "менее 110 мг/дл", "менее 110 мг/дл"),
            ({"norm_text": "менее 6,1 ммоль/л"}, "менее 6,1 ммоль/л", "менее 6,1 ммоль/л"),
            ({"norm_text": "по возрасту"}, "по возрасту", "по возрасту"),
            ({"norm_high": "110", "norm_text": "менее 110"}, "до 6,11", "до 6,11"),
            ({}, "не указана", ""),
        ],
    )
    def test_norm_of_a_converted_value_is_never_told_in_the_old_unit(self, patient, norm, shown, in_csv):
        sent = {"kind": "number", "number": "99", "unit": "мг/дл", "unit_code": "mg/dL", **norm}
        asked = cholesterol(patient, NOW, sent, code="2345-7")

        found = trends.get_trend(scope_of(patient), asked.pk)

        (point,) = found.points
        assert (point.measure.number, texts.norm_text(point.measure)) == ("5.5", shown)
        assert not (point.measure.norm_high and point.measure.norm_text)
        assert exports.cell(exports.trend_table(found).rows[0][4]) == in_csv
        assert ("норма, до 6,11 ммоль/л" in trend_texts.legend(found)) is ("norm_high" in norm)

    def test_norm_in_words_stays_as_it_is_where_nothing_is_converted(self, patient):
        asked = cholesterol(patient, NOW, {**mmol("5.5", high=""), "norm_text": "менее 6,1"}, code="2345-7")

        (point,) = trends.get_trend(scope_of(patient), asked.pk).points
        assert texts.norm_text(point.measure) == "менее 6,1"

    def test_what_can_not_be_converted_gets_an_axis_of_its_own(self, patient):
        asked = cholesterol(patient, NOW, mmol("6.1"))
        odd = {"kind": "number", "number": "12", "unit": "усл. ед."}
        other = cholesterol(patient, NOW - YEAR, odd)

        found = trends.get_trend(scope_of(patient), asked.pk)
        assert [one.id for one in found.points] == [asked.pk]
        assert found.others == (trends.Other(other.pk, "усл. ед."),)
        back = trends.get_trend(scope_of(patient), other.pk)
        assert (back.unit, [one.id for one in back.points]) == ("усл. ед.", [other.pk])

    def test_axis_is_the_newest_unit_whichever_value_is_asked_for(self, patient):
        told = [({"kind": "number", "number": "13.5", "unit": "г/дл", "unit_code": "g/dL"}, NOW - YEAR),
                ({"kind": "number", "number": "140", "unit": "г/л", "unit_code": "g/L"}, NOW)]  # fmt: skip
        old, new = (cholesterol(patient, at, measure, code="718-7") for measure, at in told)

        for asked in (old, new):
            found = trends.get_trend(scope_of(patient), asked.pk)
            assert (found.unit, [one.measure.number for one in found.points]) == ("г/л", ["140", "135"])

    def test_value_of_a_group_knows_its_report(self, patient):
        report = DiagnosticReportFactory(patient=patient, facility=FacilityFactory(name="Поликлиника № 5"))
        group = value_of(report, measure={}, code="24331-1", code_system=LOINC)
        inner = value_of(report, owner_id=group.pk, code="14647-2", code_system=LOINC, measure=mmol("5"))

        point = trends.get_trend(scope_of(patient), inner.pk).points[0]
        assert point.report_id == report.pk
        assert point.place

    def test_values_that_do_not_count_are_left_out(self, patient):
        asked = cholesterol(patient, NOW, mmol("6.1"))
        cholesterol(patient, NOW, mmol("9"), status="cancelled")
        cholesterol(patient, NOW, mmol("9"), is_withdrawn=True)
        cholesterol(patient, NOW, {"kind": "text", "text": "много"})
        below = cholesterol(patient, NOW - YEAR, {**mmol("0.5"), "comparator": "<"})
        hidden = cholesterol(patient, NOW - YEAR, mmol("7"), is_restricted=True)

        found = trends.get_trend(scope_of(patient), asked.pk)
        assert [one.id for one in found.points] == [asked.pk, below.pk]
        assert len(found.data) == 1, "«< 0,5» stands in the table, not on the picture"
        with pytest.raises(NotFound):
            trends.get_trend(scope_of(patient), hidden.pk)
        assert len(trends.get_trend(scope_of(patient, restricted=Restricted.SHOWN), asked.pk).points) == 3

    @pytest.mark.parametrize("measure", [{"kind": "text", "text": "нет"}, {}])
    def test_no_number_has_no_trend(self, patient, measure):
        with pytest.raises(NotFound):
            trends.get_trend(scope_of(patient), cholesterol(patient, NOW, measure).pk)

    def test_another_persons_value_looks_missing(self, patient):
        with pytest.raises(NotFound):
            trends.get_trend(scope_of(patient), cholesterol(PatientFactory(), NOW, mmol("5")).pk)

    def test_value_without_a_code_goes_by_its_name(self, patient):
        asked = ObservationFactory(patient=patient, name="СОЭ", effective_at=NOW)
        ObservationFactory(patient=patient, name="СОЭ", effective_at=NOW - YEAR)
        ObservationFactory(patient=patient, name="Железо", effective_at=NOW - YEAR)

        assert len(trends.get_trend(scope_of(patient), asked.pk).points) == 2

    def test_words_say_what_the_picture_shows(self, patient):
        cholesterol(patient, NOW - 5 * YEAR, mmol("4.7", low="3.0"), name="Холестерин")
        asked = cholesterol(patient, NOW, mmol("6.1", low="3.0"), name="Холестерин")
        found = trends.get_trend(scope_of(patient), asked.pk)

        assert trend_texts.summary(found) == (
            "Холестерин: с 4,7\u00a0ммоль/л 26.11.2021 до 6,1\u00a0ммоль/л 25.11.2026."
            " Наименьшее значение 4,7\u00a0ммоль/л, наибольшее 6,1\u00a0ммоль/л."
        )
        assert trend_texts.span(found) == "за 6\u00a0лет"
        assert trend_texts.legend(found) == "Зелёная полоса — норма, 3,0–5,2 ммоль/л. Ромб — вне нормы."


@pytest.mark.django_db
class TestPages:
    @pytest.fixture
    def home(self):
        with time_machine.travel(NOW, tick=False):
            account, person, key = resident(given_name="Анна")
            patient = PatientFactory(person=person)
            yield signed_in(account), f"/p/{key}/results/", patient

    def test_trend_page_has_a_picture_and_its_table(self, home):
        browser, path, patient = home
        cholesterol(patient, NOW - YEAR, mg("250"), code="2093-3")
        asked = cholesterol(patient, NOW, mmol("6.1"), name="Холестерин <b>общий</b>")

        text = browser.get(f"{path}trends/{asked.pk}/").content.decode()

        assert text.count('<svg class="mk-chart"') == 2
        assert 'role="img" aria-label="Холестерин &lt;b&gt;общий&lt;/b&gt;: с ' in text
        assert "style=" not in text.partition("<main")[2].partition("</main")[0]
        assert "250\u00a0мг/дл (25.11.2025)" in text
        assert "Что делать, решает врач" in text

    @pytest.mark.parametrize(
        ("numbers", "drawn"),
        [
            (["12345678901234567890123456789", "12345678901234567890123456790"], 0),
            (["5.0000000000000000000000000001", "5"], 1),
            (["1E+999", "5"], 1),
            (["1E-999", "5"], 1),
            (["9999999999999999999", "5"], 2),  # ten to the eighteenth is drawn, the next power is not
            (["10000000000000000000", "5"], 1),
            (["0.000000000000000001", "0"], 2),
            (["0.0000000000000000001", "0"], 1),
        ],
    )
    @pytest.mark.parametrize("measured", [mmol, mg])
    def test_report_with_numbers_beyond_all_measure_opens(self, home, numbers, drawn, measured):
        browser, path, patient = home
        old, new = (cholesterol(patient, at, measured(one)) for one, at in zip(numbers, (NOW - YEAR, NOW), strict=True))

        pages = [browser.get(f"{path}{value_owner(new)}/"), browser.get(f"{path}trends/{old.pk}/")]

        assert [one.status_code for one in pages] == [200, 200]
        assert len(trends.get_trend(scope_of(patient), new.pk).points) == 2
        if measured is mmol:
            assert len(trends.get_trend(scope_of(patient), new.pk).data) == drawn
            assert pages[0].content.decode().count('class="pt') == drawn * 2
            assert pages[0].content.decode().count('class="mk-chart"') == (2 if drawn else 0)
        assert browser.get(f"{path}trends/{old.pk}/values.csv").status_code == 200

    @pytest.mark.parametrize(
        ("low", "high"),
        [
            ("4.9999999999999999999999999999", "5.0000000000000000000000000001"),
            ("1E-999", "1E+999"),
            ("0.00000000000000000000000000000000001", "99999999999999999999999999999999999"),
        ],
    )
    def test_report_with_limits_beyond_all_measure_opens(self, home, low, high):
        browser, path, patient = home
        cholesterol(patient, NOW - YEAR, mmol("5", low=low, high=high))
        value = cholesterol(patient, NOW, mmol("5", low=low, high=high))

        page = browser.get(f"{path}{value_owner(value)}/").content.decode()

        assert page.count('class="band"') == 4

    def test_report_leads_to_trends_and_files(self, home):
        browser, path, patient = home
        value = cholesterol(patient, NOW, mmol("6.1"))
        report_id = value_owner(value)

        text = browser.get(f"{path}{report_id}/").content.decode()

        assert f'href="{path}trends/{value.pk}/"' in text
        assert f'href="{path}{report_id}/values.csv"' in text
        assert f'href="{path}{report_id}/print/"' in text

    def test_report_shows_the_trend_that_is_chosen_first_what_is_out_of_the_norm(self, home):
        browser, path, patient = home
        cholesterol(patient, NOW - YEAR, mmol("5.0"), name="Холестерин")
        cholesterol(patient, NOW - YEAR, mmol("1.5"), name="ЛПВП", code="14646-4")
        fine = cholesterol(patient, NOW, mmol("1.6"), name="ЛПВП", code="14646-4")
        report = DiagnosticReport.objects.get(pk=value_owner(fine))
        out = value_of(
            report, 2, name="Холестерин", code="14647-2", code_system=LOINC, effective_at=NOW, measure=mmol("6.1")
        )

        first = browser.get(f"{path}{report.pk}/").content.decode()
        other = browser.get(f"{path}{report.pk}/?trend={fine.pk}").content.decode()

        assert '<h2 id="tr">Холестерин, за 2\xa0года</h2>' in first
        assert f'<option value="{out.pk}" selected>Холестерин</option>' in first
        assert '<h2 id="tr">ЛПВП, за 2\xa0года</h2>' in other
        assert '<h2 id="tr">Холестерин' in browser.get(f"{path}{report.pk}/?trend=nothing").content.decode()

    def test_print_page_says_whose_it_is(self, home):
        browser, path, patient = home
        value = cholesterol(patient, NOW, mmol("6.1"), name="Холестерин")

        text = browser.get(f"{path}{value_owner(value)}/print/").content.decode()

        assert "дата рождения 17.04.1988" in text
        assert "Выше нормы" in text

    def test_csv_opens_in_a_spreadsheet_and_runs_nothing(self, home):
        browser, path, patient = home
        value = cholesterol(patient, NOW, mmol("6.10"), name='=cmd|"/C calc"!A0', place="@Лаборатория;1")

        for url in (f"{path}{value_owner(value)}/values.csv", f"{path}trends/{value.pk}/values.csv"):
            answer = browser.get(url)
            assert answer["Content-Type"] == "text/csv; charset=utf-8"
            assert answer["Content-Disposition"] == 'attachment; filename="results-2026-11-25.csv"'
            assert answer["Cache-Control"] == "no-store"
            assert answer.content.startswith(b"\xef\xbb\xbf")
            head, row = csv.reader(StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
            told = dict(zip(head, row, strict=True))
            assert told["Показатель"] == '\'=cmd|"/C calc"!A0'
            assert (told["Результат"], told["Единица"], told["Норма"]) == ("6,10", "ммоль/л", "до 5,2")
            assert (told["Оценка"], told["Учреждение"]) == ("Выше нормы", "'@Лаборатория;1")

    @pytest.mark.parametrize(
        ("age", "status", "is_marked"),
        [
            (timedelta(days=6, hours=23), "final", True),
            (timedelta(days=7), "final", False),
            (timedelta(0), "registered", False),
        ],
    )
    def test_list_marks_what_is_new(self, home, age, status, is_marked):
        browser, path, patient = home
        DiagnosticReportFactory(patient=patient, issued_at=NOW - age, status=status, effective_at=NOW - YEAR)

        assert ("новое" in browser.get(path).content.decode()) is is_marked


def value_owner(value):
    return ResultLink.objects.get(observation_id=value.pk).owner_id


def test_conversion_file_names_its_source():
    assert "IUPAC" in json.loads(conversions._DATA.read_text(encoding="utf-8"))["source"]
