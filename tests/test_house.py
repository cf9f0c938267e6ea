"""The order of the house that no import contract can tell: whose files a room may touch, where the clock is read."""

import ast
import re
from collections.abc import Iterator
from importlib.util import resolve_name
from pathlib import Path

import pytest

from medkarta.audit import texts

PACKAGE = Path(__file__).resolve().parent.parent / "medkarta"
ROOMS = sorted(path.parent.name for path in PACKAGE.glob("*/apps.py"))
BASEMENT = {"core", "hl7", "ui", "integrations"}
DOORS = {"signin", "gateway", "staff", "privacy", "home", "record"}
ATTIC = {"config", "devtools"}
PUBLISHED = {"queries", "actions"}
REGISTRIES = {"texts", "kinds", "handlers", "recipients", "grants", "sendable"}
"""What a room's `apps.py` tells the floors below of itself."""
TOOLS = {
    ("documents", "readers"),
    *(("mailer", "links"), ("printing", "answers"), ("printing", "sheets"), ("requests", "answered")),
    *(("scheduling", "addresses"), ("scheduling", "grants"), ("scheduling", "refusals")),
}
"""Pure pieces that any room may use."""
WORKERS = {"deliveries.py", "periodic.py"}
"""Files that the queue calls: they answer it in its own words, such as `handlers.GiveUp`."""
FRAGMENTS = {("home", "sql"), ("insurance", "sql")}
"""Rooms whose statement is put together from other rooms' SQL."""
MAX_FILE_LINES, MAX_FUNCTION_LINES = 300, 40


def sources(*, tests: bool = False) -> list[Path]:
    return [
        path
        for path in sorted(PACKAGE.rglob("*.py"))
        if "migrations" not in path.parts and (tests or "tests" not in path.parts)
    ]


def name_of(path: Path) -> str:
    return str(path.relative_to(PACKAGE.parent))


def modules_imported(path: Path) -> Iterator[str]:
    """Yield dotted names of what a file imports, names after `from … import` included."""
    package = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts[:-1])
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = resolve_name("." * node.level + (node.module or ""), package) if node.level else node.module or ""
            yield from (f"{module}.{one.name}" for one in node.names)


def foreign_modules(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (room, module) of what a file takes from other rooms."""
    own = path.relative_to(PACKAGE).parts[0]
    for name in modules_imported(path):
        parts = name.split(".")
        if parts[0] == "medkarta" and len(parts) > 2 and parts[1] != own:
            yield parts[1], parts[2]


def test_models_of_another_room_are_out_of_reach():
    taken = [
        f"{name_of(path)} takes the models of {other}"
        for path in sources()
        if path.relative_to(PACKAGE).parts[0] not in ATTIC
        for other, module in foreign_modules(path)
        if module == "models" and other != "core"
    ]

    assert taken == []


@pytest.mark.parametrize("room", [one for one in ROOMS if one not in ATTIC | BASEMENT])
def test_room_takes_only_what_another_room_publishes(room):
    """Everything but reads, writes and what registries are for is a room's own affair."""
    for path in sources():
        if path.relative_to(PACKAGE).parts[0] != room:
            continue
        allowed = PUBLISHED | ({"fhir"} if room in DOORS else set()) | (REGISTRIES if path.name == "apps.py" else set())
        allowed |= {module for owner, module in FRAGMENTS if owner == room}
        allowed |= {"handlers"} if path.name in WORKERS else set()
        taken = {(other, module) for other, module in foreign_modules(path) if other not in BASEMENT}
        inner = {one for one in taken if one[1] not in allowed} - {("audit", "texts")} - TOOLS
        assert not inner, f"{name_of(path)} reaches for {inner}"


@pytest.mark.parametrize("room", [one for one in ROOMS if one not in ATTIC])
def test_views_know_no_models(room):
    for path in [PACKAGE / room / "views.py", *(PACKAGE / room / "views").glob("*.py")]:
        if path.exists():
            assert f"medkarta.{room}.models" not in {name.rpartition(".")[0] for name in modules_imported(path)}


@pytest.mark.parametrize("room", ROOMS)
def test_room_tells_what_it_is(room):
    readme = PACKAGE / room / "README.md"

    assert readme.exists()
    assert 0 < len(readme.read_text().splitlines()) <= 40
    assert ast.get_docstring(ast.parse((PACKAGE / room / "__init__.py").read_text()))


def actions_in_code() -> dict[str, str]:
    """Return the action codes that the code gives to the access log, with a file of each."""
    found: dict[str, str] = {}
    for path in sources():
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg == "action" and isinstance(node.value, ast.Constant):
                found[str(node.value.value)] = name_of(path)
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                for target in node.targets:
                    if isinstance(target, ast.Attribute) and target.attr == "audit_action":
                        found[str(node.value.value)] = name_of(path)
    return {code: path for code, path in found.items() if re.fullmatch(r"[a-z_]+\.[a-z_]+", code)}


def test_every_action_in_the_access_log_has_words():
    from django.urls import get_resolver

    from tests.routes import KEY, walk

    wanted = actions_in_code()
    assert "accounts.sign_in" in wanted
    for route, view in walk(get_resolver().url_patterns, ""):
        if route.startswith(KEY):
            wanted[f"{view.__module__.split('.')[1]}.read"] = route

    missing = {code: where for code, where in wanted.items() if code not in texts.registered()}
    assert not missing
    assert all(re.search("[а-яё]", str(texts.text_of(code))) for code in wanted)


CLOCK = {"now", "today", "localdate", "localtime", "utcnow", "time_ns"}
# What may read the clock: the edges of the house, and those who are called by the clock.
CLOCK_READERS = re.compile(
    r"/(views|middleware|access|visitor|shell|deliveries|worker|sealing|periodic)\.py$"
    r"|/views/|/management/commands/|devtools/"
)
# Each of these is an edge too.
CLOCK_EXCEPTIONS = {
    "medkarta/audit/actions.py",  # a row is dated when it is written, whoever asks
    "medkarta/outbox/actions.py",  # a message may go from the moment it is put
    "medkarta/signin/providers.py",  # the age of a discovered document
    "medkarta/integrations/signature/rsa.py",  # a demo key is valid from the moment it is made
    "medkarta/ui/format.py",  # «сегодня», and the year that is left out, as the page is drawn
}


def clock_calls(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCK:
            arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
            of_a_moment = node.func.attr in {"localdate", "localtime"} and arguments
            owner = ast.unparse(node.func.value)
            if not of_a_moment and owner in {"timezone", "datetime", "date", "datetime.datetime", "datetime.date"}:
                yield f"{name_of(path)}:{node.lineno} {owner}.{node.func.attr}()"


def test_clock_is_read_at_the_edges_only():
    found = [
        call
        for path in sources()
        if not CLOCK_READERS.search(f"/{name_of(path)}") and name_of(path) not in CLOCK_EXCEPTIONS
        for call in clock_calls(path)
    ]

    assert found == []


def test_files_and_functions_are_short():
    long = []
    for path in sources():
        text = path.read_text()
        if len(text.splitlines()) > MAX_FILE_LINES:
            long.append(name_of(path))
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > MAX_FUNCTION_LINES:
                    long.append(f"{name_of(path)}: {node.name} has {length} lines")

    assert long == []


# What another library's protocol calls so.
PROTOCOL_CLASSES = {"medkarta/devtools/standin/server.py: QuietHandler", "medkarta/outbox/handlers.py: Handler"}
FORBIDDEN_NAMES = re.compile(r"/(utils|helpers|services)\.py$")


def test_names_say_what_a_thing_is():
    assert [name_of(path) for path in sources(tests=True) if FORBIDDEN_NAMES.search(f"/{name_of(path)}")] == []
    classes = [
        f"{name_of(path)}: {node.name}"
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef) and re.search(r"(Manager|Handler|Processor)$", node.name)
    ]
    assert [one for one in classes if one not in PROTOCOL_CLASSES] == []


def test_integrations_are_reached_through_their_port_only():
    for path in sources():
        room = path.relative_to(PACKAGE).parts[0]
        if room in {"integrations", "devtools"}:
            continue
        for name in modules_imported(path):
            parts = name.split(".")
            if parts[:2] == ["medkarta", "integrations"] and len(parts) > 3:
                assert parts[3] == "port", f"{name_of(path)} goes round the port: {name}"


def test_urls_without_a_template_engine_hold_no_inline_styles():
    """The policy forbids inline styles and handlers; a template that has one would be silently broken."""
    pattern = re.compile(r"<[a-z][^>]*\s(style|on[a-z]+)\s*=", re.IGNORECASE)
    found = [name_of(path) for path in PACKAGE.rglob("*.jinja") if pattern.search(path.read_text())]

    assert found == []
