"""Files that a document may hold, and documents written to do harm."""

import json
from base64 import b64encode
from pathlib import Path

from medkarta.documents.tests.papers import pdf_file, picture, script

HOSTILE = "hostile.xml"
ACTING_PDF, PLAIN_PDF, SCAN, NOTE = "acting.pdf", "plain.pdf", "scan.png", "note.txt"
FILES = {
    ACTING_PDF: pdf_file(OpenAction=script()),
    PLAIN_PDF: pdf_file(),
    SCAN: picture(),
    NOTE: "Кашель прошёл. <script>alert(1)</script>".encode("cp1251"),
}
TYPES = {".pdf": "application/pdf", ".png": "image/png", ".txt": "text/plain"}

HOSTILE_CDA = """<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet type="text/xsl" href="https://example.org/evil.xsl"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xlink="http://www.w3.org/1999/xlink">
<typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/><id root="1.2.643.5.1.13.13.12.2.77.1" extension="h"/>
<code code="75" codeSystem="1.2.643.5.1.13.13.11.1520" displayName="&lt;script&gt;alert(1)&lt;/script&gt;"/>
<title>Вредный &lt;img src=x onerror=alert(1)&gt; протокол</title><effectiveTime value="20261110"/>
<recordTarget><patientRole><id root="1.2.643.5.1.13.13.12.2.77.1" extension="patient-h"/>
<patient><name><family>Вредный</family><given>Образец</given></name><birthTime value="19800101"/></patient>
</patientRole></recordTarget>
<component><structuredBody><component><section><title>&lt;svg onload=alert(2)&gt;</title><text>
<paragraph onclick="alert(3)">Обычный текст</paragraph><script>alert(4)</script>
<linkHtml href="javascript:alert(5)">ссылка</linkHtml> <linkHtml href="https://example.org/">сайт</linkHtml>
<img src="https://example.org/pixel.png" onerror="alert(6)"/><iframe src="https://example.org/"/>
<table onmouseover="alert(7)" background="https://example.org/b.png"><caption>&lt;b&gt;</caption>
<tbody><tr><td style="background:url(https://example.org/c.png)">ячейка</td></tr></tbody></table>
<renderMultiMedia referencedObject="away"/>
</text><entry><observationMedia ID="away" classCode="OBS" moodCode="EVN">
<value mediaType="image/png"><reference value="https://example.org/remote.png"/></value></observationMedia></entry>
</section></component></structuredBody></component></ClinicalDocument>
"""


def write(to_import: Path, files: Path) -> None:
    """Write what is imported, and beside it the files that a FHIR resource carries, as they come out again."""
    (to_import / HOSTILE).write_text(HOSTILE_CDA, encoding="utf-8")
    patient = {"resourceType": "Patient", "id": "files", "name": [{"family": "Файлов"}]}
    resources = [patient, *(_reference(name, data) for name, data in FILES.items())]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in resources]}
    (to_import / "files.json").write_text(json.dumps(bundle), encoding="utf-8")
    for name, data in FILES.items():
        (files / name).write_bytes(data)


def _reference(name: str, data: bytes) -> dict[str, object]:
    attachment = {"contentType": TYPES[Path(name).suffix], "data": b64encode(data).decode(), "title": name}
    return {
        "resourceType": "DocumentReference",
        "id": name.replace(".", "-"),
        "status": "current",
        "subject": {"reference": "Patient/files"},
        "content": [{"attachment": attachment}],
    }
