import pytest
from django.test import RequestFactory
from django.urls import resolve

from medkarta.core.scopes import Restricted
from medkarta.documents.tests.factories import PDF, DocumentContentFactory
from medkarta.patients.tests.factories import PatientFactory, scope_of
from medkarta.results.tests.factories import DiagnosticReportFactory, value_of

pytestmark = pytest.mark.django_db


def fetch(patient, path, restricted=Restricted.HIDDEN):
    """Answer as the address does, without the middleware: the scope is set by hand."""
    request = RequestFactory().get(f"/p/key/{path}")
    request.scope = scope_of(patient, restricted=restricted)
    match = resolve(request.path)
    response = match.func(request, **{name: value for name, value in match.kwargs.items() if name != "key"})
    assert response.status_code == 200
    response.request_of_test = request
    return response


def page(*arguments, **named):
    return fetch(*arguments, **named).content.decode()


def test_list_shows_name_date_clinic_and_acts():
    patient = PatientFactory()
    report = DiagnosticReportFactory(patient=patient, facility_name="Лаборатория № 1")
    DocumentContentFactory(owner_id=report.pk, patient=patient)

    found = page(patient, "results/")

    assert "Биохимический анализ крови" in found
    assert "ср, 18\u00a0ноября" in found
    assert "Лаборатория №\u00a01" in found
    assert f'href="/p/key/results/{report.pk}/"' in found
    assert f'href="/p/key/results/{report.pk}/files/1/"' in found
    assert "Всего: 1" in found


def test_list_of_nothing_and_of_no_match_say_what_to_do():
    patient = PatientFactory()

    assert "Результатов пока нет" in page(patient, "results/?kind=x&year=-1")
    assert "Нет данных по этим условиям" in page(patient, "results/?q=мрт")


def test_list_tells_the_owner_that_a_part_is_closed():
    patient = PatientFactory()
    DiagnosticReportFactory(patient=patient, is_restricted=True)

    assert "/login?again=1&amp;next=/p/key/results/" in page(patient, "results/", restricted=Restricted.LOCKED)
    assert "Часть записей закрыта" not in page(patient, "results/")


def test_report_is_a_table_of_values_with_flags_in_words():
    report = DiagnosticReportFactory()
    value_of(report, 1)
    value_of(report, 2, name="ЛПВП", measure={"kind": "number", "number": "1.50", "unit": "ммоль/л", "norm_low": "1.2"})
    value_of(report, 3, name="Белок", measure={"kind": "text", "text": "не обнаружен"})
    value_of(report, 4, name="Железо", measure={"kind": "number", "number": "5", "norm_low": "9"})

    found = page(report.patient, f"results/{report.pk}/")

    for text in ("6,1 <small>", "3,0–5,2", "Выше нормы", "1,50 <small>", "от 1,2", "В норме", "Ниже нормы"):
        assert text in found
    assert "Нет нормы для сравнения" in found
    assert "2 из 4\u00a0показателей вне нормы. Выше: Холестерин общий; ниже: Железо" in found
    assert "решает врач" in found
    assert found.count("mk-range--out") == 2
    assert 'href="/p/key/results/' + str(report.pk) + '/?show=out"' in found


@pytest.mark.parametrize(
    ("norms", "text"),
    [
        ({"norm_low": "1"}, "Все показатели в норме"),
        ({}, "Лаборатория не указала, что считать нормой"),
    ],
)
def test_report_with_nothing_out_of_the_norm_says_what_that_means(norms, text):
    report = DiagnosticReportFactory()
    value_of(report, measure={"kind": "number", "number": "2", **norms})

    assert text in page(report.patient, f"results/{report.pk}/")


def test_report_shows_only_what_is_out_of_the_norm_when_asked():
    report = DiagnosticReportFactory()
    value_of(report, 1)
    value_of(report, 2, name="ЛПВП", measure={"kind": "number", "number": "1.5", "norm_low": "1.2"})

    found = page(report.patient, f"results/{report.pk}/?show=out")

    assert "Холестерин общий" in found
    assert "<b>ЛПВП</b>" not in found


def test_report_shows_the_laboratorys_word_and_tells_the_contradiction():
    report = DiagnosticReportFactory()
    value_of(
        report, measure={"kind": "number", "number": "6", "norm_low": "3", "norm_high": "5", "interpretation": "N"}
    )

    found = page(report.patient, f"results/{report.pk}/")

    assert "В норме" in found
    assert "Лаборатория отметила «в норме», а по её границам выходит «выше нормы»" in found


def test_report_tells_long_words_and_notes_below_the_table():
    report = DiagnosticReportFactory()
    norm = "в норме не обнаруживается ни у кого"
    value_of(
        report, name="Посев", note="Проба взята повторно", measure={"kind": "text", "text": "р" * 30, "norm_text": norm}
    )

    found = page(report.patient, f"results/{report.pk}/")

    assert f"<dt>Посев</dt><dd>норма: {norm}</dd><dt>Посев</dt><dd>Проба взята повторно</dd>" in found
    assert "словами, ниже" in found


def test_report_says_nothing_of_the_norm_where_there_is_no_value():
    report = DiagnosticReportFactory()
    value_of(report, measure={"absent": "not-performed"})

    found = page(report.patient, f"results/{report.pk}/")

    assert "не выполнено" in found
    assert "Нет нормы для сравнения" not in found


def test_report_of_an_instrument_is_its_conclusion():
    report = DiagnosticReportFactory(
        kind="instrumental", conclusion="Ритм синусовый.\n<b>Норма</b>", status="preliminary"
    )

    found = page(report.patient, f"results/{report.pk}/")

    assert "<p>Ритм синусовый.</p>" in found
    assert "&lt;b&gt;Норма&lt;/b&gt;" in found
    assert "Предварительный результат" in found
    assert "<table" not in found


def test_report_without_anything_says_so():
    report = DiagnosticReportFactory(name="", effective_at=None)

    found = page(report.patient, f"results/{report.pk}/")

    assert "Исследование без названия" in found
    assert "Самого результата пока нет" in found
    assert "не указан" in found


def test_download_gives_the_bytes_and_names_its_own_action():
    report = DiagnosticReportFactory()
    DocumentContentFactory(owner_id=report.pk, patient=report.patient)

    response = fetch(report.patient, f"results/{report.pk}/files/1/")

    assert b"".join(response.streaming_content) == PDF
    response.close()
    assert "bioximich" not in response["Content-Disposition"]
    assert 'filename="biokhimicheskiy-analiz-krovi.pdf"' in response["Content-Disposition"]
    assert response.request_of_test.audit_action == "results.download"


@pytest.mark.parametrize("query", ["year=9999", "year=1900", "year=٢٠٢٦", "page=99999999", "q=%25_'"])
def test_list_answers_whatever_the_address_says(query):
    path = f"results/?{query}"

    assert "</html>" in page(PatientFactory(), path)
