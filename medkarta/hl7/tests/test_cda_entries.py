from zoneinfo import ZoneInfo

import pytest

from medkarta.core.blocks import Cell, Grid, Listing, Paragraph, Picture, Run, Style, paragraph, words
from medkarta.hl7 import cda
from medkarta.hl7.tests.cda_documents import PNG, entry, fixture, media, sections

STRONG = frozenset({Style.STRONG})


def blocks(data):
    return cda.read_document(data).sections[0].blocks


def line(data):
    """Return the only block, a paragraph, as text."""
    (block,) = blocks(data)
    return "".join(run.text for run in block.runs)


def fact(label, value):
    return Paragraph((Run(label, STRONG), Run(": "), Run(value)))


def valued(value):
    return line(entry(f"<observation><code displayName='П'/>{value}</observation>")).removeprefix("П: ")


def all_words(data):
    return " ".join(words(cda.read_document(data).sections))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("<value xsi:type='ST'>текст</value>", "текст"),
        ("<value xsi:type='ST'> один\n   два \n\n три </value>", "один\nдва\nтри"),
        ("<value>текст</value>", "текст"),
        ("<value xsi:type='ST'>раз<br/>два<!-- -->.<p>три</p>четыре<b>!</b></value>", "раз\nдва.\nтри\nчетыре!"),
        ("<value xsi:type='ED'>до<script>alert(1)</script>после<?php x ?>.</value>", "допосле."),
        ("<value xsi:type='ED' mediaType='text/plain'>текст</value>", "текст"),
        ("<value xsi:type='ED' representation='B64'>AAAA</value>", "вложение"),
        ("<value xsi:type='CD' code='1' displayName='Да'/>", "Да"),
        ("<value xsi:type='CE' code='1'><originalText>словами</originalText></value>", "словами"),
        (
            "<value xsi:type='CD' code='1' displayName='Работает'><originalText>библиотекарь</originalText></value>",
            "Работает (библиотекарь)",
        ),
        ("<value xsi:type='CD' code='1' displayName='Да'><originalText>да</originalText></value>", "Да"),
        ("<value xsi:type='CD' code='1'><translation displayName='Перевод'/></value>", "Перевод"),
        ("<value xsi:type='CD' code='К1'/>", "К1"),
        ("<value code='1' displayName='Да'/>", "Да"),
        (
            "<value xsi:type='CD' code='J20.9' codeSystem='1.2.643.5.1.13.13.11.1005' displayName='Бронхит'/>",
            "J20.9 Бронхит",
        ),
        (
            "<value xsi:type='CD' code='J20.9' codeSystem='2.16.840.1.113883.6.3' displayName='J20.9 Бронхит'/>",
            "J20.9 Бронхит",
        ),
        ("<value xsi:type='PQ' value='36.6' unit='Cel'/>", "36,6 Cel"),
        ("<value xsi:type='PQ' value='3' unit='1'/>", "3"),
        ("<value value='3' unit='g'/>", "3 g"),
        ("<value xsi:type='PQ' value='36.6' unit='Cel'><translation displayName='°C'/></value>", "36,6 °C"),
        ("<value xsi:type='PQ' value='1' unit='g'><translation value='1000' displayName='мг'/></value>", "1 g"),
        ("<value xsi:type='PQ' value='1' unit='g'><translation value='1.0' displayName='г'/></value>", "1 г"),
        ("<value xsi:type='PQ' nullFlavor='UNK'/>", "не указано"),
        ("<value xsi:type='IVL_PQ'><low value='1.5' unit='g'/><high value='2' unit='g'/></value>", "1,5–2 g"),
        ("<value><low value='1' unit='g'/><high value='2' unit='g'/></value>", "1–2 g"),
        ("<value xsi:type='IVL_PQ'><low value='1' unit='g'/></value>", "не менее 1 g"),
        ("<value xsi:type='IVL_PQ'><high value='2' unit='g'/></value>", "не более 2 g"),
        ("<value xsi:type='IVL_PQ'><low value='1' inclusive='false'/></value>", "больше 1"),
        ("<value xsi:type='IVL_PQ'><high value='2' inclusive='false'/></value>", "меньше 2"),
        (
            "<value xsi:type='IVL_PQ'><low value='1' inclusive='false'/><high value='2' inclusive='true'/></value>",
            "больше 1, не более 2",
        ),
        ("<value xsi:type='IVL_PQ'><center value='5' unit='g'/></value>", "5 g"),
        ("<value xsi:type='IVL_PQ' nullFlavor='NI'/>", "не указано"),
        (
            "<value xsi:type='RTO_PQ_PQ'><numerator value='1' unit='mg'/><denominator value='1' unit='mL'/></value>",
            "1 mg / 1 mL",
        ),
        ("<value xsi:type='BL' value='true'/>", "да"),
        ("<value xsi:type='BL' value='false'/>", "нет"),
        ("<value xsi:type='BL' nullFlavor='NI'/>", "не указано"),
        ("<value xsi:type='INT' value='2'/>", "2"),
        ("<value xsi:type='REAL' value='2.5'/>", "2,5"),
        ("<value xsi:type='II' extension='А-1'/>", "А-1"),
        ("<value xsi:type='TS' value='2026'/>", "2026"),
        ("<value xsi:type='TS' value='202605'/>", "05.2026"),
        ("<value xsi:type='TS' value='20260514'/>", "14.05.2026"),
        ("<value xsi:type='TS' value='202605142330+0000'/>", "15.05.2026, 02:30"),
        ("<value xsi:type='TS' value='весной'/>", "весной"),
        ("<value xsi:type='IVL_TS'><low value='20260514'/><high value='20260516'/></value>", "14.05.2026 – 16.05.2026"),
        ("<value xsi:type='IVL_TS'><low value='20260514'/><high value='20260514'/></value>", "14.05.2026"),
        ("<value><low value='2026'/></value>", "с 2026"),
        ("<value xsi:type='IVL_TS'><high value='2026'/><low nullFlavor='NI'/></value>", "по 2026"),
        ("<value xsi:type='IVL_TS'><width value='3' unit='d'/></value>", "3 d"),
        ("<value xsi:type='PIVL_TS'><period value='12' unit='h'/></value>", "каждые 12 h"),
        ("<value xsi:type='EIVL_TS'><event code='PC' displayName='после еды'/></value>", "после еды"),
        ("<value xsi:type='EIVL_TS'><event/></value>", ""),
        (
            "<value xsi:type='SXPR_TS'><comp xsi:type='TS' value='2026'/>"
            "<comp xsi:type='PIVL_TS'><period value='8' unit='h'/></comp></value>",
            "2026; каждые 8 h",
        ),
        ("<value xsi:type='ST'>а</value><value xsi:type='ST'>б</value>", "а; б"),
        ("<value xsi:type='ST'>а</value><text>а</text>", "а"),
        ("<text>только текст</text>", "только текст"),
    ],
)
def test_read_entries_reads_every_type_of_value(value, expected):
    assert valued(value) == (expected or "П")


def test_read_entries_tells_times_by_the_given_clock():
    data = entry("<observation><code displayName='П'/><value xsi:type='TS' value='202605142330+0000'/></observation>")

    document = cda.read_document(data, zone=ZoneInfo("Asia/Vladivostok"))

    assert document.sections[0].blocks == (fact("П", "15.05.2026, 09:30"),)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            "<observation><code><originalText>Жалобы</originalText></code><value>нет</value></observation>",
            "Жалобы: нет",
        ),
        (
            "<act><code displayName='Комиссия'><originalText>по путёвке</originalText></code></act>",
            "Комиссия (по путёвке)",
        ),
        ("<observation><code code='К'/><value>нет</value></observation>", "К: нет"),
        ("<observation><code nullFlavor='NI'/><value>нет</value></observation>", "нет"),
        ("<observation negationInd='true'><code displayName='Контакт'/></observation>", "Контакт: нет"),
        (
            "<observation negationInd='true'><code displayName='Аллергия'/><value>на пыль</value></observation>",
            "Аллергия: нет: на пыль",
        ),
        ("<act><code displayName='Приём'/><statusCode code='cancelled'/></act>", "Приём (отменено)"),
        ("<act><code displayName='Приём'/><statusCode code='completed'/></act>", "Приём"),
        (
            "<observation><code displayName='СОЭ'/><value xsi:type='PQ' value='10'/><interpretationCode code='H'/>"
            "<referenceRange><observationRange><text>до 9</text></observationRange></referenceRange></observation>",
            "СОЭ: 10 (выше нормы; норма до 9)",
        ),
        (
            "<act><code displayName='Мазок'/><interpretationCode code='X' displayName='странно'/></act>",
            "Мазок (странно)",
        ),
        ("<observation><interpretationCode nullFlavor='NI'/><value>1</value></observation>", "1"),
        ("<procedure><effectiveTime value='2026'/></procedure>", "Процедура (2026)"),
        ("<encounter><effectiveTime nullFlavor='NI'/></encounter>", "Посещение"),
        (
            "<supply><quantity value='2'/><product><manufacturedProduct><manufacturedLabeledDrug><name>Бинт</name>"
            "</manufacturedLabeledDrug><manufacturerOrganization><name>Завод</name></manufacturerOrganization>"
            "</manufacturedProduct></product></supply>",
            "Выдано: Бинт; Завод (количество 2)",
        ),
        (
            "<substanceAdministration><doseQuantity value='1' unit='mg'/><rateQuantity><low value='2'/></rateQuantity>"
            "<maxDoseQuantity/><consumable/><routeCode nullFlavor='NI'/></substanceAdministration>",
            "Лекарственный препарат (доза 1 mg; скорость не менее 2)",
        ),
        (
            "<observation><code displayName='Реакция'/><participant><participantRole><playingEntity><name>Мёд</name>"
            "</playingEntity></participantRole></participant><participant/></observation>",
            "Реакция (Мёд)",
        ),
        (
            "<observation><code displayName='Прибор'/><participant><participantRole><playingDevice>"
            "<manufacturerModelName>ПР-3</manufacturerModelName></playingDevice></participantRole></participant>"
            "<participant><participantRole><scopingEntity><desc>склад</desc></scopingEntity></participantRole>"
            "</participant></observation>",
            "Прибор (ПР-3; склад)",
        ),
        (
            "<procedure><specimen><specimenRole><specimenPlayingEntity><desc>Кровь</desc></specimenPlayingEntity>"
            "</specimenRole></specimen><specimen><specimenRole/></specimen><specimen/></procedure>",
            "Процедура (материал: Кровь)",
        ),
        (
            "<act><code displayName='Приём'/><performer><assignedEntity><code displayName='врач'/><assignedPerson>"
            "<name><family>Врачов</family></name></assignedPerson></assignedEntity></performer><performer/></act>",
            "Приём (врач, Врачов)",
        ),
        ("<act><code displayName='Х'/><identity:Note displayName='примечание'/></act>", "Х (примечание)"),
    ],
)
def test_read_entries_reads_statements(statement, expected):
    assert line(entry(statement)) == expected


def test_read_entries_lists_what_is_not_measured_and_indents_what_belongs_to_it():
    inner = "<observation><code displayName='Степень'/><value>вторая</value></observation>"
    found = blocks(
        sections(
            f"<title>Т</title><entry><act><code displayName='Диагноз'/><entryRelationship>{inner}</entryRelationship>"
            "</act></entry><entry><act><code displayName='Приём'/></act></entry><entry/>"
        )
    )

    assert found == (
        Listing(
            (
                (Paragraph((Run("Диагноз", STRONG),)), Listing(((fact("Степень", "вторая"),),))),
                (Paragraph((Run("Приём", STRONG),)),),
            )
        ),
    )


def measured(name, value, more=""):
    found = f"<code displayName='{name}'/><value xsi:type='PQ' value='{value}'/>{more}"
    return f"<component><observation>{found}</observation></component>"


def test_read_entries_makes_a_table_of_measured_values():
    mark = "<interpretationCode code='N'/>"
    found = blocks(
        entry(
            f"<organizer><code displayName='Осмотр'/><effectiveTime value='2026'/>{measured('Рост', 170, mark)}"
            f"{measured('Вес', 61.5)}</organizer>"
        )
    )

    assert found == (
        Paragraph((Run("Осмотр", STRONG), Run(" (2026)"))),
        Grid(
            head=(tuple(Cell((Run(name),), is_header=True) for name in ("Показатель", "Результат", "Оценка")),),
            body=(
                (Cell((Run("Рост"),), is_header=True), Cell((Run("170"),)), Cell((Run("норма"),))),
                (Cell((Run("Вес"),), is_header=True), Cell((Run("61,5"),)), Cell(())),
            ),
        ),
    )


def test_read_entries_writes_a_lone_measured_value_as_text():
    assert line(entry(f"<organizer>{measured('Рост', 170)}</organizer>")) == "Рост: 170"


def test_read_entries_names_the_unit_of_a_range_as_that_of_its_value():
    unit = "<value xsi:type='PQ' value='1' unit='g/L'><translation displayName='г/л'/></value>"
    ranges = (
        "<referenceRange><observationRange><value xsi:type='IVL_PQ'><low value='1' unit='g/L'/>"
        "<high value='2' unit='{}'/></value></observationRange></referenceRange>"
    )
    value = f"<observation><code displayName='П'/>{unit}{{}}</observation>"

    assert line(entry(value.format(ranges.format("g/L")))) == "П: 1 г/л (норма 1–2 г/л)"
    assert line(entry(value.format(ranges.format("mg/L")))) == "П: 1 г/л (норма 1 g/L – 2 mg/L)"


@pytest.mark.parametrize("levels", [3, 5, 100])
def test_read_entries_loses_nothing_of_deep_statements(levels):
    opening = "<act><code displayName='уровень'/><entryRelationship>"
    data = entry(
        opening * levels
        + "<act><code displayName='дно'/><text>дно</text></act>"
        + "</entryRelationship></act>" * levels
    )

    found, depth = blocks(data), 0
    while found and isinstance(found[-1], Listing):
        depth, found = depth + 1, found[-1].items[0]

    assert depth == 3  # the outermost is no list
    assert "дно" in all_words(data)


def test_read_entries_reads_through_groups_that_say_nothing():
    inner = "<act><code displayName='А'/></act>"
    data = entry(
        f"<act><entryRelationship><organizer><component>{inner}</component></organizer></entryRelationship></act>"
    )

    assert line(data) == "А"


def test_read_entries_reads_links_to_other_documents():
    inside = "<id extension='26-1'/><code displayName='{}'/><text>{}</text>"
    link = f"<reference><externalDocument>{inside}</externalDocument></reference>"

    assert line(entry(f"<act>{link.format('Направление', '')}</act>")) == "Направление: № 26-1"
    assert line(entry(f"<act>{link.format('', 'копия')}</act>")) == "Документ: копия; № 26-1"


def test_read_entries_resolves_references_within_the_document_only():
    statement = (
        "<observation><code><originalText><reference value='{}'/></originalText></code>"
        "<value xsi:type='ED'><reference value='#v'/></value></observation>"
    )
    data = sections(
        "<text><content ID='l'>Название</content><content ID='l'>второе</content>"
        "<content ID='v'>значение</content></text>",
        f"<entry>{statement.format('#l')}</entry>",
        f"<entry>{statement.format('http://127.0.0.1:9/x')}</entry>",
        f"<entry>{statement.format('#none')}</entry>",
    )

    found = cda.read_document(data).sections[1:]

    assert [section.blocks for section in found] == [(fact("Название", "значение"),), *[(paragraph("значение"),)] * 2]


def test_read_entries_bounds_what_references_repeat():
    statement = "<entry><observation><value xsi:type='ED'><reference value='#x'/></value></observation></entry>"
    data = sections(f"<text><content ID='x'>{'а' * 10_000}</content></text>", statement * 300)

    written = sum(map(len, words(cda.read_document(data).sections[1:])))

    assert 900_000 < written < 1_100_000


def test_read_entries_shows_pictures_of_entries():
    found = blocks(sections(f"<title>Т</title>{media('a', PNG)}{media('b', b'no')}"))

    assert [type(block) for block in found] == [Picture]


def test_read_entries_of_the_newest_edition_fills_every_section():
    document = cda.read_document(fixture("consultation_7.xml"))

    titles = [section.title for section in document.sections]
    assert titles[:5] == ["Сведения о документе", "Льготы", "Жалобы", "Анамнез заболевания", "Анамнез жизни"]
    assert len(set(titles)) == 20
    assert all(section.blocks for section in document.sections)
    assert document.notes == ()
    written = list(words(document.sections))
    for expected in (
        "Сухой кашель;\nслабость к вечеру <без температуры>",
        "Место обращения: не указано",
        "Контакт с инфекционными больными: нет",
    ):
        assert any(expected in one for one in written), expected


def test_read_entries_of_the_newest_edition_names_who_and_when():
    (services,) = [one for one in cda.read_document(fixture("consultation_7.xml")).sections if one.code == "SERVICES"]

    (block,) = services.blocks
    assert [run.text for run in block.runs] == [
        "Приём врача-терапевта первичный",
        " (Сочинёнова Ия; 18.08.2026, 15:00)",
    ]


def test_read_entries_of_the_newest_edition_nests_sections():
    (consultation,) = [
        one for one in cda.read_document(fixture("consultation_7.xml")).sections if one.code == "RESCONS"
    ]

    (diagnoses,) = consultation.sections
    assert diagnoses.blocks == (
        fact("Основное заболевание", "J20.9 Острый бронхит неуточнённый"),
        Listing(((fact("Степень обоснованности", "Заключительный"),),)),
    )
