"""The login page: who signs in, single sign-on while the cookie lives, refusal, logout. Serves both protocols."""

from secrets import token_urlsafe
from urllib.parse import urlsplit

from medkarta.devtools.standin import pages
from medkarta.devtools.standin.codes import MESSAGES, error_fields
from medkarta.devtools.standin.keys import make_jwt
from medkarta.devtools.standin.persons import Person
from medkarta.devtools.standin.web import Request, Response, redirect
from medkarta.devtools.standin.world import Grant, Login, World

COOKIE = "standin_session"
NO_SESSION = f"{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"


def begin(world: World, request: Request, login: Login) -> Response:
    """Answer a checked authorization request: at once for somebody signed in, else with the page of persons."""
    person, session = world.person_of_session(request.cookies)
    if person is not None:
        return _finish(world, login, person, session)
    key = world.logins.put(login)
    target = urlsplit(login.redirect_uri)
    return pages.persons_page(key, world.register.accounts(), login.scopes, f"{target.scheme}://{target.netloc}")


def submit(world: World, request: Request) -> Response:
    """A button of the page was pressed: a person, «Отказаться», or an error for whoever tests."""
    login = world.logins.take(request.form.get("login", ""))
    if login is None:
        return pages.message_page("Время на вход вышло", "Вернитесь на портал и начните вход заново.", status=400)
    if code := request.form.get("error"):
        return refuse(login, code if code in MESSAGES else "ESIA-007003")
    if "refuse" in request.form:
        return refuse(login, "ESIA-007004")
    person = world.register.get(request.form.get("person", ""))
    if person is None or not person.has_account:
        return pages.message_page("Такой учётной записи нет", "Вернитесь на портал и начните вход заново.", status=400)
    session = world.sessions.put(person.oid)
    answer = _finish(world, login, person, session)
    answer.headers["Set-Cookie"] = f"{COOKIE}={session}; Path=/; HttpOnly; SameSite=Lax"
    return answer


def logout(world: World, request: Request, *, return_to: str, known_client: bool) -> Response:
    """End the session; go back only to the registered domain."""
    world.sessions.take(request.cookies.get(COOKIE, ""))
    if known_client and return_to and world.allows_redirect(return_to):
        answer = redirect(return_to)
    else:
        answer = pages.message_page("Вы вышли", "Сеанс входа завершён.")
    answer.headers["Set-Cookie"] = NO_SESSION
    return answer


def refuse(login: Login, code: str, detail: str = "") -> Response:
    fields = error_fields(code, detail)
    if login.state:
        fields["state"] = login.state
    return redirect(login.redirect_uri, fields)


def _finish(world: World, login: Login, person: Person, session: str) -> Response:
    if login.only_confirmed and not person.trusted:
        return refuse(login, "ESIA-007055")
    now = world.now()
    claims = {"iss": world.issuer, "iat": int(now.timestamp()), "jti": token_urlsafe(24)}
    code = make_jwt(world.rsa_signer, claims, header={"sbt": "authorization_code"})
    world.codes.put(Grant(login, person.oid, session, now), code)
    return redirect(login.redirect_uri, {"code": code, "state": login.state})
