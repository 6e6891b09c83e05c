"""Where the files of the gallery lie."""

from pathlib import Path

from openbox.zoo.checkpoints import checkpoint_folder


def attention_file() -> Path:
    """The reader that attends, in ``checkpoints/gallery/``."""
    return checkpoint_folder() / "gallery" / "attention.safetensors"
