"""Pictures as the browser takes them: PNG in a data URL."""

import base64
import io

import numpy as np
from PIL import Image


def data_url(picture: np.ndarray) -> str:
    """Of an RGB array (H, W, 3) uint8."""
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "PNG")
    return f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}"
