"""The policy stack: the persons of an account with the policy that each card shows."""

from medkarta.core.sql import json_rows
from medkarta.patients import sql as patients


def stack() -> str:
    """Return the sub-select of the account `a`: one JSON row a person (columns of patients.sql and the policy's).

    A confirmed policy goes before a typed one.
    """
    columns = {
        **patients.STACK_COLUMNS,
        "policy_kind": "coalesce(c.kind, t.kind)",
        "policy_series": "coalesce(c.series, t.series)",
        "policy_number": "coalesce(c.number, t.number)",
        "policy_confirmed": "CASE WHEN c.id IS NULL THEN 0 ELSE 1 END",
    }
    yes, no = "c.is_confirmed", "NOT t.is_confirmed"
    source = (
        f"{patients.STACK_SOURCE}"
        f" LEFT JOIN insurance_insurancepolicy c ON c.person_id = p.id AND {yes}"
        f" LEFT JOIN insurance_insurancepolicy t ON t.person_id = p.id AND {no}"
    )
    return json_rows(columns, f"{source} {patients.STACK_FILTER} {patients.STACK_ORDER}")
