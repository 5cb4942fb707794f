"""Photographs of nobody: silhouettes drawn when the city is loaded, so that no face and no picture file is needed."""

import io
from random import Random

from PIL import Image, ImageDraw

PHOTO = (413, 626)
THUMBNAIL = (105, 159)
GROUNDS = ("#dfe6ec", "#e6e3dc", "#dde7e0", "#e4dfe8")
COATS = ("#4c5a68", "#5d5348", "#45594f", "#57506a")
SKIN = "#c9b8a6"
HAIR = ("#8c8c8c", "#bdbdbd", "#5a5a5a")


def silhouette(dice: Random, sex: str) -> tuple[bytes, bytes]:
    """A two-inch photograph and its thumbnail as JPEG: head and shoulders without a face, women with longer hair."""
    image = Image.new("RGB", PHOTO, dice.choice(GROUNDS))
    draw = ImageDraw.Draw(image)
    coat, hair = dice.choice(COATS), dice.choice(HAIR)
    lean = dice.randint(-8, 8)
    width = dice.randint(150, 175)
    if sex == "2":
        draw.ellipse((96 + lean, 110, 317 + lean, 400), fill=hair)
    draw.ellipse((206 - width, 420, 206 + width, 900), fill=coat)
    draw.rectangle((172 + lean, 340, 240 + lean, 450), fill=SKIN)
    draw.ellipse((112 + lean, 120, 300 + lean, 385), fill=hair)
    draw.ellipse((122 + lean, 160, 290 + lean, 395), fill=SKIN)
    draw.polygon([(172 + lean, 440), (240 + lean, 440), (206, 520)], fill="#f2f2f2")
    return _jpeg(image), _jpeg(image.resize(THUMBNAIL, Image.Resampling.LANCZOS))


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82, dpi=(300, 300))
    return out.getvalue()
