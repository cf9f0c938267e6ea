"""A code that a pharmacy's scanner reads off the screen: drawn without styles, dark on light in every theme."""

import segno
from markupsafe import Markup


def svg(text: str) -> Markup:
    """Return a QR code as an SVG element with its size in pixels. Raises ValueError for a text that does not fit."""
    code = segno.make_qr(text, error="m")
    drawn = code.svg_inline(scale=4, border=4, dark="#000", light="#fff", svgclass=None, lineclass=None)
    return Markup(drawn)  # noqa: S704  (shapes only: the text is not in it)
