"""What somebody typed, ready to send."""

from uuid import uuid4

from medkarta.feedback.actions import Draft


def draft_of(**values: object) -> Draft:
    return Draft(
        **{
            "form_key": uuid4(),
            "kind": "problem",
            "category": "portal",
            "text": "Не открывается раздел",
            "email": "anna@example.ru",
            "page": "/p/results/",
            **values,
        }
    )
