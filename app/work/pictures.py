"""Jobs that read data sets: torchvision, which reads them, takes seconds to import."""

from openbox.zoo.data import load
from openbox.zoo.data.images import Images


def test_images(data: str, root: str) -> Images:
    """The test set; raises ``DataNotFoundError``."""
    return load(data, root=root)
