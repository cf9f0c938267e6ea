"""What lies around today for the stand-in's persons, as data. Days are counted from today, doctors by number."""

# person, doctor, days ahead; a doctor serves one of them only, so that no time is given twice
BOOKINGS = (
    ("s1", 1, 3),
    ("s1", 4, 7),
    ("s1", 7, 5),
    ("s2", 12, 2),
    ("s2", 17, 6),
    ("s3", 16, 4),
    ("s4", 9, 2),
    ("s4", 2, 5),
    ("s4", 59, 6),
    ("s5", 19, 6),
    ("s7", 6, 6),
    ("s8", 13, 5),
    ("s9", 5, 6),
)
# person, state, doctor, day, complaint, reason of a refusal
CALLS = (
    ("s1", "accepted", 3, 1, "Температура 38,2 °C, кашель, слабость второй день.", ""),
    ("s1", "rejected", 3, -40, "Нужен больничный лист.", "Осмотр возможен на приёме в поликлинике"),
    ("s2", "assigned", 14, 0, "Температура 38,6 °C, насморк, боль в горле.", ""),
    ("s3", "accepted", 14, 1, "Температура 37,9 °C, боль в горле.", ""),
    ("s3", "cancelled", 14, -25, "Температура 37,5 °C.", ""),
    ("s4", "assigned", 3, 0, "Давление 170/100 мм рт. ст., головная боль.", ""),
    ("s4", "done", 3, -18, "Боль в коленях, трудно выходить из дома.", ""),
    ("s9", "new", 3, 1, "Температура 38,0 °C, ломота в теле.", ""),
)
# person, specialty, clinic, waits since, until, state
WAITING = (
    ("s1", "endocrinologist", "f01", 5, 25, "created"),
    ("s1", "neurologist", "f01", 2, 28, "offered"),
    ("s1", "cardiologist", "f01", 70, -40, "cancelled"),
    ("s2", "child-neurologist", "f02", 4, 26, "created"),
    ("s3", "child-surgeon", "f02", 1, 29, "created"),
    ("s4", "endocrinologist", "f06", 9, 21, "created"),
    ("s4", "dermatologist", "f01", 50, -20, "rejected"),
    ("s5", "gynaecologist", "f03", 3, 27, "created"),
)
# person, study, ordering doctor, days since, days until it expires
STUDY_REFERRALS = (
    ("s1", "us-thyroid", 1, 28, 2),
    ("s1", "us-abdomen", 1, 10, 20),
    ("s1", "fluoro", 1, 45, -15),
    ("s2", "us-abdomen", 12, 8, 22),
    ("s3", "ecg", 13, 3, 27),
    ("s4", "echo", 9, 20, 10),
    ("s4", "xray-knee", 2, 6, 24),
    ("s4", "ecg", 2, 26, 4),
    ("s5", "us-pelvis", 22, 5, 25),
    ("s6", "ecg", 25, 12, 18),
    ("s7", "us-thyroid", 2, 15, 15),
    ("s8", "ecg", 13, 9, 21),
    ("s9", "fluoro", 3, 21, 9),
)
# person, specialty, ordering doctor, clinic, days until it expires (None: no term is stated)
CONSULTATIONS = (
    ("s1", "endocrinologist", 1, "f01", 24),
    ("s1", "cardiologist", 1, "f01", None),
    ("s2", "child-neurologist", 12, "f02", 24),
    ("s3", "child-neurologist", 13, "f02", 10),
    ("s4", "cardiologist", 2, "f01", 24),
    ("s4", "endocrinologist", 2, "f06", 12),
    ("s4", "urologist", 2, "f01", 24),
)
# person, state, ordering doctor, hospital, department, number in diagnoses.INPATIENT, days until it expires
HOSPITALIZATIONS = (
    ("s1", "agreed", 1, "f06", "Хирургическое отделение", 2, 26),
    ("s1", "new", 1, "f06", "Терапевтическое отделение", 0, 30),
    ("s4", "date-set", 9, "f06", "Кардиологическое отделение", 1, 20),
    ("s4", "new", 2, "f06", "Терапевтическое отделение", 3, 30),
    ("s4", "agreed", 2, "f06", "Эндокринологическое отделение", 3, 28),
    ("s4", "postponed", 5, "f06", "Хирургическое отделение", 2, 14),
    ("s4", "admitted", 9, "f06", "Кардиологическое отделение", 1, -2),
    ("s4", "refused", 5, "f06", "Хирургическое отделение", 2, -5),
    ("s4", "annulled", 2, "f06", "Терапевтическое отделение", 3, 8),
)
# person, drug, kind, state, doctor, days until it expires (negative: overdue)
PAPERS = (
    ("s1", "iron", "state", "issued", 1, 5),
    ("s1", "salbutamol", "state", "in-service", 1, 40),
    ("s1", "omeprazole", "state", "deferred", 1, 12),
    ("s1", "budesonide", "state", "partly-dispensed", 1, 33),
    ("s1", "iron", "state", "dispensed", 1, -20),
    ("s1", "levothyroxine", "commercial", "issued", 1, 44),
    ("s1", "cetirizine", "commercial", "issued", 1, 3),
    ("s1", "ibuprofen", "commercial", "dispensed", 1, 21),
    ("s1", "mometasone", "commercial", "issued", 7, -9),
    ("s1", "amoxicillin", "commercial", "cancelled", 7, 30),
    ("s2", "amoxicillin-child", "commercial", "issued", 12, 55),
    ("s2", "cetirizine", "state", "issued", 12, 18),
    ("s3", "iron-child", "commercial", "issued", 13, 40),
    ("s3", "salbutamol", "state", "dispensed", 13, 51),
    ("s4", "metformin", "state", "issued", 2, 5),
    ("s4", "lisinopril", "state", "issued", 2, 61),
    ("s4", "amlodipine", "state", "in-service", 2, 55),
    ("s4", "atorvastatin", "state", "deferred", 9, 47),
    ("s4", "empagliflozin", "state", "partly-dispensed", 2, 30),
    ("s4", "bisoprolol", "state", "dispensed", 9, 71),
    ("s4", "gliclazide", "state", "cancelled", 2, 60),
    ("s4", "indapamide", "state", "issued", 2, -12),
    ("s4", "tamsulosin", "commercial", "issued", 11, 52),
    ("s4", "ibuprofen", "commercial", "issued", 5, 28),
    ("s4", "aspirin", "commercial", "dispensed", 9, 12),
    ("s5", "ibuprofen", "commercial", "issued", 19, 25),
    ("s5", "cetirizine", "state", "issued", 19, 9),
    ("s6", "lisinopril", "commercial", "issued", 25, 31),
    ("s6", "amlodipine", "state", "issued", 25, 66),
    ("s7", "omeprazole", "commercial", "issued", 2, 19),
    ("s7", "cetirizine", "state", "dispensed", 2, 4),
    ("s8", "mometasone", "commercial", "issued", 17, 34),
    ("s8", "cetirizine", "state", "issued", 13, 14),
    ("s9", "omeprazole", "commercial", "issued", 3, 38),
    ("s9", "ibuprofen", "state", "dispensed", 3, 2),
)
