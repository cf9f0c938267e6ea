"""The stack of an account's persons, as a fragment of the one access statement.

`insurance.sql` adds the policy's columns; the statement names the account as `a.id`.
"""

OWN = "WITH own AS MATERIALIZED (SELECT id FROM patients_patient WHERE person_id = %(person)s)"
"""Rows of all sources that are this person, read once for a statement of many parts: each joins `own`."""

STACK_COLUMNS = {
    "key": "r.key",
    "kind": "r.kind",
    "status": "r.status",
    "confirmed_at": "r.confirmed_at",
    "person_id": "p.id",
    "family_name": "p.family_name",
    "given_name": "p.given_name",
    "patronymic": "p.patronymic",
    "birth_date": "p.birth_date",
    "gender": "p.gender",
    "full_capacity_on": "p.full_capacity_on",
}
STACK_SOURCE = "FROM patients_representation r JOIN patients_person p ON p.id = r.person_id"
STACK_FILTER = "WHERE r.account_id = a.id AND r.status <> 'closed'"
STACK_ORDER = "ORDER BY CASE r.kind WHEN 'self' THEN 0 ELSE 1 END, p.birth_date DESC, r.id"
