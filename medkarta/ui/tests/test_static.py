import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from medkarta.ui.environment import template_folders

UI = Path(__file__).resolve().parents[1]
ROOT = UI.parents[1]
STATIC = UI / "static/ui"
OWN = [STATIC / f"{name}.css" for name in ("medkarta", "components", "sections", "modes")]


def vendor():
    spec = spec_from_file_location("vendor_script", ROOT / "scripts/vendor.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_vendored_files_are_those_of_the_lock_and_within_the_budget(capsys):
    assert vendor().check() == 0, capsys.readouterr()


def test_static_files_load_nothing_from_another_host():
    files = [path for kind in ("css", "js", "svg") for path in STATIC.rglob(f"*.{kind}")]

    assert len(files) > 8
    for path in files:
        text = re.sub(rb"/\*.*?\*/", b"", path.read_bytes(), flags=re.DOTALL)  # a licence may name its home
        assert set(re.findall(rb"(?:https?:)?//([a-z0-9.-]+\.[a-z]+)", text)) <= {b"www.w3.org"}, path.name


def test_every_licence_is_there():
    names = {path.name for path in STATIC.glob("vendor/LICENSE-*")}

    assert {name.split("-")[1].split(".")[0] for name in names} == {"fontsource", "htmx", "tabler"}


def test_sprite_has_every_icon_that_templates_name():
    sprite = (STATIC / "vendor/icons.svg").read_text(encoding="utf-8")
    known = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    templates = [path for folder in template_folders() for path in folder.rglob("*.jinja")]

    asked = {
        name for path in templates for name in re.findall(r'icon\("([a-z0-9-]+)"', path.read_text(encoding="utf-8"))
    }

    assert asked - known == set(), "run `make vendor`: it puts the icons that are used into the sprite"


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_own_style_sheets_use_known_tokens(path):
    everything = "".join(sheet.read_text(encoding="utf-8") for sheet in OWN)
    declared = set(re.findall(r"(--mk-[\w-]+)\s*:", everything))

    assert set(re.findall(r"var\((--mk-[\w-]+)", path.read_text(encoding="utf-8"))) <= declared


def test_own_style_sheets_are_balanced():
    for path in OWN:
        text = path.read_text(encoding="utf-8")
        assert text.count("{") == text.count("}"), path.name
