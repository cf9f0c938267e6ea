"""The stand-in's few pages. They work without a script and load nothing from elsewhere."""

from collections.abc import Iterable
from functools import cache
from html import escape
from pathlib import Path

from medkarta.devtools.standin.codes import MESSAGES
from medkarta.devtools.standin.persons import Person
from medkarta.devtools.standin.web import Response

SHARED = {
    "fullname": "имя",
    "birthdate": "дата рождения",
    "gender": "пол",
    "snils": "СНИЛС",
    "id_doc": "документ личности",
    "medical_doc": "полис ОМС",
    "email": "почта",
    "mobile": "телефон",
    "addresses": "адреса",
}


@cache
def stylesheet() -> bytes:
    return (Path(__file__).parent / "standin.css").read_bytes()


def persons_page(key: str, persons: Iterable[Person], scopes: Iterable[str], back_to: str) -> Response:
    """Return the login page: one button per person. `back_to` is the origin that the form may lead to."""
    asked = [SHARED[scope] for scope in scopes if scope in SHARED]
    if any(scope.startswith("kid_") for scope in scopes):
        asked.append("дети")
    content = f"""
<div class="card">
<h1>Кто входит?</h1>
<p class="second">Это стенд вместо Госуслуг: люди вымышлены, пароль не нужен.</p>
<form method="post" action="/login">
<input type="hidden" name="login" value="{escape(key)}">
<ul class="people">{"".join(_person(person) for person in persons)}</ul>
<button class="plain" name="refuse" value="1">Отказаться</button>
</form>
</div>
<p class="second">Портал просит: {escape(", ".join(asked) or "подтвердить вход")}.</p>
<details><summary>Для проверки: ответить ошибкой</summary>
<form method="post" action="/login">
<input type="hidden" name="login" value="{escape(key)}">
<label for="error">Код ошибки</label>
<select id="error" name="error">{"".join(_option(code, text) for code, text in MESSAGES.items())}</select>
<button class="plain">Вернуть ошибку</button>
</form></details>"""
    return _page("Вход", content, form_targets=f"'self' {back_to}")


def message_page(title: str, text: str, *, status: int = 200) -> Response:
    content = f'<div class="card"><h1>{escape(title)}</h1><p class="second">{escape(text)}</p></div>'
    return _page(title, content, status=status)


def error_page(code: str, text: str) -> Response:
    """Return the page for an error that can't be sent back, because the address of the portal isn't known here."""
    return message_page(f"Ошибка {code}", f"{text}.", status=400)


def _person(person: Person) -> str:
    about = f"{person.born:%d.%m.%Y}{f', {person.note}' if person.note else ''}"
    mark = f"about-{escape(person.oid)}"
    return (
        f'<li><button name="person" value="{escape(person.oid)}" aria-describedby="{mark}">{escape(person.full_name)}'
        f'</button><span class="about" id="{mark}">{escape(about)}</span></li>'
    )


def _option(code: str, text: str) -> str:
    return f'<option value="{code}">{code}: {escape(text)}</option>'


def _page(title: str, content: str, *, status: int = 200, form_targets: str = "'self'") -> Response:
    body = f"""<!doctype html>
<html lang="ru">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} — стенд Госуслуг</title>
<link rel="stylesheet" href="/standin.css">
</head>
<body>
<header class="top"><span>Стенд Госуслуг</span><small>не настоящие Госуслуги</small></header>
<main>{content}</main>
</body>
</html>
"""
    policy = (
        f"default-src 'none'; style-src 'self'; form-action {form_targets}; base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(status, body.encode(), headers)
