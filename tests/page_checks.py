"""A reader that forgives nothing: strict HTML, names for everything, our own files only, headers that keep a secret."""

from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
from html5lib.html5parser import ParseError

CONTROLS = {"input", "select", "textarea"}
UNLABELLED = {"hidden", "submit", "button", "image", "reset"}
SUBRESOURCES = {"img": "src", "script": "src", "link": "href", "iframe": "src", "source": "src", "use": "href"}
REFERENCES = ("aria-labelledby", "aria-describedby", "aria-controls", "for")
HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def check(answer: Any) -> Element:
    """Return the tree of an answer that has no fault."""
    html = answer.content.decode()
    tree = parse(html)
    problems = [*problems_of_headers(answer), *problems_of(tree)]
    if "{{" in html or "None" in [text_of(one) for one in tree.iter() if len(one) == 0]:
        problems.append("something unfilled")
    if problems:
        raise AssertionError("\n".join(sorted(set(problems))))
    return tree


def parse(html: str) -> Element:
    try:
        return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
    except ParseError as error:
        raise AssertionError(f"not strict HTML: {error}") from error


def text_of(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def problems_of(tree: Element) -> Iterator[str]:
    """Yield what is wrong with a page, in words."""
    yield from _of_the_whole(tree)
    yield from _of_names(tree)
    yield from _of_references(tree)
    yield from _of_foreign_and_inline(tree)


def problems_of_headers(answer: Any) -> Iterator[str]:
    policy = answer.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "unsafe" in policy or "*" in policy:
        yield f"policy: {policy}"
    yield from (f"{name}: {answer.get(name)}" for name, wanted in HEADERS.items() if answer.get(name) != wanted)
    if "no-store" not in answer.get("Cache-Control", ""):
        yield f"Cache-Control: {answer.get('Cache-Control')}"
    if answer["Content-Type"] != "text/html; charset=utf-8":
        yield answer["Content-Type"]


def _of_the_whole(tree: Element) -> Iterator[str]:
    headings = len(list(tree.iter("h1")))
    if headings != 1:
        yield f"{headings} h1"
    if tree.get("lang") not in ("ru", "en"):
        yield "no lang"
    titles = [text_of(one) for one in tree.iter("title") if one in list(next(tree.iter("head")))]
    if len(titles) != 1 or not titles[0]:
        yield f"titles: {titles}"
    if len(list(tree.iter("main"))) != 1:
        yield "no main"
    counted = Counter(one.get("id") for one in tree.iter() if one.get("id"))
    yield from (f"id {name} stands twice" for name, count in counted.items() if count > 1)


def _of_names(tree: Element) -> Iterator[str]:
    ids = {one.get("id", ""): one for one in tree.iter() if one.get("id")}
    labels = {one.get("for", "") for one in tree.iter("label") if text_of(one)}
    wrapped = {inner for label in tree.iter("label") if text_of(label) for inner in label.iter()}
    for one in tree.iter():
        is_control = one.tag in CONTROLS and one.get("type") not in UNLABELLED
        if is_control and one not in wrapped and one.get("id") not in labels and not _has_name(one, ids):
            yield f"a control without a label: {dict(one.attrib)}"
        if one.tag in ("button", "a", "summary") and not text_of(one) and not _has_name(one, ids):
            yield f"<{one.tag}> without words: {dict(one.attrib)}"
        if one.tag == "img" and one.get("alt") is None:
            yield f"img without alt: {one.get('src')}"
        if one.tag == "th" and not one.get("scope"):
            yield f"th without scope: {text_of(one)}"


def _has_name(element: Element, ids: dict[str, Element]) -> bool:
    if element.get("aria-label", "").strip() or element.get("title", "").strip():
        return True
    return any(text_of(ids[one]) for one in element.get("aria-labelledby", "").split() if one in ids)


def _of_references(tree: Element) -> Iterator[str]:
    ids = {one.get("id") for one in tree.iter()}
    for one in tree.iter():
        for name in REFERENCES:
            yield from (f"{name} to nothing: {found}" for found in one.get(name, "").split() if found not in ids)
        href = one.get("href", "")
        if one.tag == "a" and href.startswith("#") and href.removeprefix("#") not in ids:
            yield f"anchor to nothing: {href}"


def _of_foreign_and_inline(tree: Element) -> Iterator[str]:
    for one in tree.iter():
        for name in map(str, one.attrib):
            if name == "style" or name.startswith("on"):
                yield f"attribute {name} on <{one.tag}>"
        address = one.get(SUBRESOURCES.get(str(one.tag), ""), "")
        if urlsplit(address).netloc:
            yield f"<{one.tag}> of another host: {address}"
        if one.tag == "style" or (one.tag == "script" and not one.get("src") and text_of(one)):
            yield f"<{one.tag}> in the page"
