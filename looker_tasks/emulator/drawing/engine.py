"""The one door to vl-convert: Vega-Lite to SVG, SVG to a file's bytes.

vl-convert runs JavaScript on one thread and holds Python's global lock while it works, tens of milliseconds at a time:
call it in a process of its own, never in the one that answers requests.
"""

import io
import json
from functools import cache

import vl_convert
from PIL import Image

from looker_tasks.emulator.drawing.page import RenderFormat
from looker_tasks.emulator.drawing.pdf_text import joined
from looker_tasks.emulator.drawing.typeface import FOLDER

_JPG_QUALITY = 88


@cache
def register_symbols() -> None:
    """Make the bundled symbols known to vl-convert, once in this process."""
    vl_convert.register_font_directory(str(FOLDER))


def chart(spec: dict[str, object]) -> str:
    """Return the SVG of a Vega-Lite chart. Raises ValueError when the specification is wrong: a bug of ours."""
    register_symbols()
    # in two steps: vegalite_to_svg does the same and takes a third longer
    vega = vl_convert.vegalite_to_vega(json.dumps(spec, allow_nan=False))
    return vl_convert.vega_to_svg(json.dumps(vega))


def file(svg: str, result_format: RenderFormat) -> bytes:
    """Turn *svg* into a PDF of one page or a picture, as large as the SVG says: in points or in pixels."""
    register_symbols()
    match result_format:
        case "pdf":
            return joined(vl_convert.svg_to_pdf(svg))
        case "png":
            return vl_convert.svg_to_png(svg)
        case "jpg":
            return _jpg(vl_convert.svg_to_png(svg))


def _jpg(png: bytes) -> bytes:
    """Encode anew: vl-convert's own JPG takes five times as long."""
    out = io.BytesIO()
    with Image.open(io.BytesIO(png)) as picture:
        picture.convert("RGB").save(out, "JPEG", quality=_JPG_QUALITY)
    return out.getvalue()
