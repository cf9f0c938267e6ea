"""Pictures as the typesetter takes them: small SVG texts. Whatever cannot be shown is None."""

import base64
import io
from dataclasses import dataclass

import segno
from PIL import Image

from medkarta.core.blocks import Picture

MAX_PIXELS = 16_000_000
MAX_ALL_PIXELS = 60_000_000
"""What a picture, and all pictures of a sheet together, may have: decoding takes its time."""
MAX_SIDE = 1800
"""Pixels of a printed picture's longer side: about 260 to the inch across the page."""
_WIDTH, _HEIGHT = 482.0, 600.0
"""Points that a picture may take on a page."""
_POINTS_PER_PIXEL = 0.75


@dataclass(frozen=True, slots=True)
class Drawing:
    """An SVG, its size on the page in points, and how many pixels it took to decode."""

    svg: str
    width: float
    height: float
    pixels: int


def drawing_of(picture: Picture, *, max_pixels: int = MAX_PIXELS) -> Drawing | None:
    """Return a PNG or JPEG as a drawing, decoded and encoded anew; None for one that is broken, huge or something else.

    Encoding anew leaves nothing of a file but its pixels and gives the printer only what an archival PDF allows.
    """
    try:
        with Image.open(io.BytesIO(picture.data), formats=("PNG", "JPEG")) as image:
            kind, size = image.format or "PNG", image.size
            if size[0] * size[1] > min(max_pixels, MAX_PIXELS):
                return None
            image.draft(None, (MAX_SIDE, MAX_SIDE))
            flat = _flat(image)
    except Exception:  # a decoder may fail in any way on bytes that a stranger sent
        return None
    out = io.BytesIO()
    flat.thumbnail((MAX_SIDE, MAX_SIDE))
    flat.save(out, kind, **({"quality": 85} if kind == "JPEG" else {}))
    scale = min(_POINTS_PER_PIXEL, _WIDTH / size[0], _HEIGHT / size[1])
    data = base64.b64encode(out.getvalue()).decode()
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{flat.width}" height="{flat.height}">'
        f'<image width="{flat.width}" height="{flat.height}" href="data:image/{kind.lower()};base64,{data}"/></svg>'
    )
    return Drawing(svg, round(size[0] * scale, 2), round(size[1] * scale, 2), size[0] * size[1])


def qr_code(text: str) -> str:
    """Return a QR as SVG, black on white with its quiet zone; its size is the page's affair."""
    return segno.make(text, error="m", micro=False).svg_inline(border=2, light="#fff", omitsize=True)


def _flat(image: Image.Image) -> Image.Image:
    """Return the pixels as grey or RGB on white, eight bits each."""
    if image.mode in ("L", "RGB"):
        return image.copy()
    if image.mode == "1":
        return image.convert("L")
    if image.mode.startswith("I") or image.mode == "F":
        return image.convert("F").point(lambda value: value / 257).convert("L")
    if image.mode == "CMYK":
        return image.convert("RGB")
    over = image.convert("RGBA")
    paper = Image.new("RGBA", over.size, "white")
    return Image.alpha_composite(paper, over).convert("RGB")
