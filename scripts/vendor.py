#!/usr/bin/env python3
"""Copy the pinned front-end packages into `medkarta/ui/static/ui/vendor/`, and the fonts of printed sheets.

Needs npm; everything else needs only pip.

One command: `python scripts/vendor.py`. Run it again after a template began to use an icon or a class of the kit:
the sprite holds exactly the icons that are named in templates and Python, the kit's style sheet only the used rules.
The versions stand in `scripts/package.json`. Every package is checked against the integrity (SHA-512) kept in
`vendor.lock.json`; a version seen for the first time is recorded there. `--check` only compares files and lock.
"""

import argparse
import base64
import gzip
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENDOR = ROOT / "medkarta/ui/static/ui/vendor"
TEST_VENDOR = ROOT / "tests/vendor"
SHEET_FONTS = ROOT / "medkarta/printing/fonts"
LOCK = VENDOR / "vendor.lock.json"
FIRST_LOAD_LIMIT = 140 * 1024
OWN_FIRST_LOAD = ("medkarta.css", "components.css", "sections.css", "modes.css", "medkarta.js")

TABLER, ICONS, HTMX = "@tabler/core", "@tabler/icons", "htmx.org"
FONT, AXE = "@fontsource-variable/golos-text", "axe-core"
SHEET_FONT, SPARE_FONT = "@expo-google-fonts/golos-text", "dejavu-fonts-ttf"

# Classes of the kit that our templates get from Python or that Django writes: never trimmed.
SAFELIST = ["html", "body", "btn", "card", "form-control", "form-select", "form-label", "h1", "h2", "h3"]
# Names of icons are quoted words that are not the value of another attribute or comparison:
# icon("home"), icon_name="home", NavItem(…, icon="home"), ("download", _("Скачать"), …), but not type="search".
QUOTED = re.compile(r"""(?:\bicon(?:_name)?=|(?<!=)(?<!= ))["']([a-z0-9]+(?:-[a-z0-9]+)*)["']""")


def main() -> int:
    """Vendor everything, or check the files; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare the files with vendor.lock.json and the budget")
    if parser.parse_args().check:
        return check()
    versions = json.loads((ROOT / "scripts/package.json").read_text(encoding="utf-8"))
    known = json.loads(LOCK.read_text(encoding="utf-8"))["packages"] if LOCK.exists() else {}
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        packages = {name: fetch(name, version, work, known) for name, version in versions["dependencies"].items()}
        write_all(work, versions["devDependencies"]["purgecss"])
    write_lock({name: packages[name] for name in sorted(packages)})
    return check()


def fetch(name: str, version: str, work: Path, known: dict[str, dict[str, str]]) -> dict[str, str]:
    """Download one package into `work/<name>`; stop when its bytes are not those recorded for this version."""
    answer = run(["npm", "pack", f"{name}@{version}", "--json", "--silent"], work)
    found = json.loads(answer)
    entry = found[0] if isinstance(found, list) else next(iter(found.values()))
    archive = work / entry["filename"]
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    integrity = f"sha512-{digest}"
    before = known.get(name, {})
    if before.get("version") == version and before.get("integrity") != integrity:
        raise SystemExit(f"{name} {version}: the package differs from the one recorded in {LOCK.name}")
    with tarfile.open(archive) as tar:
        tar.extractall(work / name, filter="data")
    print(f"{name} {version}")
    return {"version": version, "integrity": integrity, "license": str(licence_name(work, name))}


def write_all(work: Path, purgecss: str) -> None:
    """Write every vendored file."""
    for folder in (VENDOR, TEST_VENDOR, SHEET_FONTS):
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            if old.is_file():
                old.unlink()
    (VENDOR / "tabler.css").write_text(purged(work, purgecss), encoding="utf-8")
    (VENDOR / "icons.svg").write_text(sprite(work / ICONS / "package/icons/outline"), encoding="utf-8")
    (VENDOR / "htmx.js").write_bytes(without_map(work / HTMX / "package/dist/htmx.min.js"))
    write_font(work / FONT / "package")
    write_sheet_fonts(work)
    (TEST_VENDOR / "axe.min.js").write_bytes((work / AXE / "package/axe.min.js").read_bytes())
    for name, target in ((TABLER, VENDOR), (ICONS, VENDOR), (HTMX, VENDOR), (FONT, VENDOR), (AXE, TEST_VENDOR)):
        write_licence(work, name, target)


def purged(work: Path, version: str) -> str:
    """Return the kit's style sheet without the rules that no template, script or Python file can match."""
    (work / "tool").mkdir()
    run(["npm", "install", "--silent", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts",
         "--prefix", str(work / "tool"), f"purgecss@{version}"], work)  # fmt: skip
    config = {
        "css": [str(work / TABLER / "package/dist/css/tabler.min.css")],
        "content": [str(path) for path in sources()],
        "safelist": {"standard": SAFELIST, "deep": [], "greedy": []},
        "variables": True,
        "keyframes": True,
        "fontFace": True,
    }
    (work / "purge.json").write_text(json.dumps(config), encoding="utf-8")
    script = (
        f"const {{PurgeCSS}} = require({json.dumps(str(work / 'tool/node_modules/purgecss'))});"
        "new PurgeCSS().purge(JSON.parse(require('fs').readFileSync('purge.json')))"
        ".then(r => process.stdout.write(r[0].css))"
    )
    css = run(["node", "-e", script], work)
    return re.sub(r"/\*# sourceMappingURL=.*?\*/", "", css).strip() + "\n"


def sources() -> list[Path]:
    """Return our templates, scripts and Python files, without tests of theirs and without vendored files."""
    kinds = ("*.jinja", "*.py", "static/**/*.js")
    found = [path for kind in kinds for path in ROOT.glob(f"medkarta/**/{kind}")]
    return sorted(path for path in found if "vendor" not in path.parts and "tests" not in path.parts)


def sprite(folder: Path) -> str:
    """Return one SVG with a `<symbol>` for every icon that is named in a template or a Python file."""
    texts = [path.read_text(encoding="utf-8") for path in sources()]
    words = {word for text in texts if "icon" in text for word in QUOTED.findall(text)}
    lines = ['<svg xmlns="http://www.w3.org/2000/svg">']
    for name in sorted(words):
        file = folder / f"{name}.svg"
        if file.exists():
            drawing = re.sub(r"^.*?<svg[^>]*>|</svg>\s*$", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
            shapes = re.sub(r"\s+", " ", drawing).replace("> <", "><").replace(" />", "/>").strip()
            lines.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    return "\n".join([*lines, "</svg>"]) + "\n"


def write_font(package: Path) -> None:
    """Write the Cyrillic and Latin parts of Golos Text and their style sheet."""
    blocks = re.findall(r"/\*\s*(\S+)\s*\*/\s*(@font-face \{.*?\})", (package / "index.css").read_text(), re.DOTALL)
    css = []
    for title, block in blocks:
        part = title.removeprefix("golos-text-").removesuffix("-wght-normal")
        if part not in ("cyrillic", "latin"):
            continue
        name = f"golos-text-{part}.woff2"
        (VENDOR / name).write_bytes((package / f"files/{title}.woff2").read_bytes())
        css.append(re.sub(r"url\([^)]*\)", f"url({name})", block))
    (VENDOR / "golos-text.css").write_text("\n".join(css) + "\n", encoding="utf-8")


def write_sheet_fonts(work: Path) -> None:
    """Write the fonts of printed sheets: Golos Text whole and static, and DejaVu Sans for signs that it lacks."""
    for folder in ("400Regular", "500Medium", "600SemiBold"):
        name = f"GolosText_{folder}.ttf"
        (SHEET_FONTS / name).write_bytes((work / SHEET_FONT / "package" / folder / name).read_bytes())
    (SHEET_FONTS / "DejaVuSans.ttf").write_bytes((work / SPARE_FONT / "package/ttf/DejaVuSans.ttf").read_bytes())
    for name in (SHEET_FONT, SPARE_FONT):
        write_licence(work, name, SHEET_FONTS)


def without_map(path: Path) -> bytes:
    """Return a script without the comment that names its source map."""
    return re.sub(rb"//# sourceMappingURL=.*", b"", path.read_bytes()).strip() + b"\n"


def licence_name(work: Path, name: str) -> str:
    """Return the SPDX name that a package gives of its licence."""
    return str(json.loads((work / name / "package/package.json").read_text(encoding="utf-8"))["license"])


def write_licence(work: Path, name: str, target: Path) -> None:
    """Copy a package's licence; @tabler/core ships none of its own and shares the text of @tabler/icons."""
    folder = work / name / "package"
    found = sorted(path for path in folder.iterdir() if path.name.upper().startswith("LICENSE"))
    found = found or [work / ICONS / "package/LICENSE"]
    short = name.replace("@", "").replace("/", "-")
    for path in found:
        suffix = path.name.upper().removeprefix("LICENSE").replace(".TXT", "").replace(".MD", "")
        (target / f"LICENSE-{short}{suffix}.txt").write_bytes(path.read_bytes())


def write_lock(packages: dict[str, dict[str, str]]) -> None:
    """Write versions, integrities and the SHA-256 of every vendored file."""
    files = {str(path.relative_to(ROOT)): sha256(path) for path in vendored()}
    text = json.dumps({"packages": packages, "files": files}, indent=2, ensure_ascii=False)
    LOCK.write_text(f"{text}\n", encoding="utf-8")


def vendored() -> list[Path]:
    """Return the vendored files, the lock left out."""
    found = [*VENDOR.iterdir(), *TEST_VENDOR.iterdir(), *SHEET_FONTS.iterdir()]
    return sorted(path for path in found if path.is_file() and path != LOCK and not path.name.startswith("."))


def check() -> int:
    """Compare the vendored files with the lock, look for other hosts, add up the first load; return the exit code."""
    locked = json.loads(LOCK.read_text(encoding="utf-8"))["files"]
    actual = {str(path.relative_to(ROOT)): sha256(path) for path in vendored()}
    wrong = sorted(name for name in {*locked, *actual} if locked.get(name) != actual.get(name))
    for name in wrong:
        print(f"differs from the lock: {name}", file=sys.stderr)
    total = 0
    for path in [VENDOR / name for name in ("tabler.css", "golos-text.css", "htmx.js", "icons.svg")]:
        total += report(path, len(gzip.compress(path.read_bytes(), 6)))
    for path in sorted(VENDOR.glob("*.woff2")):
        total += report(path, path.stat().st_size)
    for name in OWN_FIRST_LOAD:
        path = VENDOR.parent / name
        total += report(path, len(gzip.compress(path.read_bytes(), 6)))
    print(f"{total:>8} first load, of {FIRST_LOAD_LIMIT}")
    return 1 if wrong or total > FIRST_LOAD_LIMIT else 0


def report(path: Path, size: int) -> int:
    """Print and return the compressed size of a file, in bytes."""
    print(f"{size:>8} {path.relative_to(ROOT)}")
    return size


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def run(command: list[str], folder: Path) -> str:
    """Run a command in a folder and return what it printed; its errors go to our own."""
    return subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    raise SystemExit(main())
