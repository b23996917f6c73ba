"""A small picture of a picture, or of the first page of a PDF."""

import base64
import io

import pypdfium2  # type: ignore[import-untyped]  # ships no types
from PIL import Image

from looker_tasks.report.previews.values import Preview, Request

_MOST_PIXELS = 250_000_000
#: Width in pixels and quality of a picture, the best first: the first that is small enough is taken.
_SIZES = ((320, 55), (320, 35), (240, 40), (200, 30), (160, 28), (120, 25), (96, 20), (64, 15))
_TALLEST = 1.4  # times its width: a long dashboard is shown from its top

Image.MAX_IMAGE_PIXELS = _MOST_PIXELS


def of_pdf(request: Request) -> Preview:
    """Return the top of the first page. Raises what pdfium raises for a file that is no PDF."""
    with pypdfium2.PdfDocument(request.path) as document:
        page = document[0]
        width, height = page.get_size()
        scale = _SIZES[0][0] / max(width, 1.0)
        crop = max(0.0, height - width * _TALLEST)
        return _picture(page.render(scale=scale, crop=(0, crop, 0, 0)).to_pil(), request.most_bytes)


def of_picture(request: Request) -> Preview:
    """Return the top of the picture. Raises what Pillow raises for a file that is none."""
    with Image.open(request.path, formats=("PNG", "JPEG")) as image:
        image.draft("RGB", (2 * _SIZES[0][0], 2 * _SIZES[0][0]))
        return _picture(_reduced(image), request.most_bytes)


def _reduced(image: Image.Image) -> Image.Image:
    """Return the top of *image* at no less than its final width, by means of whole pixels, which takes little time."""
    if image.mode not in {"RGB", "RGBA", "L"}:
        image = image.convert("RGBA")
    top = (0, 0, image.width, min(image.height, int(image.width * _TALLEST)))
    small = image.reduce(max(1, image.width // _SIZES[0][0]), top)
    if small.mode != "RGBA":
        return small
    return Image.alpha_composite(Image.new("RGBA", small.size, "white"), small).convert("RGB")


def _picture(image: Image.Image, most_bytes: int) -> Preview:
    """Return *image* as WebP, as large as *most_bytes* allow."""
    small = image
    for width, quality in _SIZES:
        if small.width > width:
            small = small.resize((width, max(1, round(small.height * width / small.width))), reducing_gap=2.0)
        data = io.BytesIO()
        small.save(data, "WEBP", quality=quality, method=2)
        if data.tell() <= most_bytes:
            return Preview(base64.b64encode(data.getvalue()).decode(), small.width, small.height)
    return Preview()
