"""Interim."""

import io

from PIL import Image


def fake(fmt: str, width: int, height: int) -> bytes:
    """Interim."""
    if fmt == "pdf":
        return b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    out = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(out, "JPEG" if fmt == "jpg" else "PNG")
    return out.getvalue()
