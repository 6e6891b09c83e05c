"""MNIST, 28x28 grey, through torchvision's reader and download."""

from pathlib import Path

from openbox.zoo.data.digits import DIGITS
from openbox.zoo.data.images import Images


def read(root: Path, train: bool, download: bool) -> Images:
    """60,000 training or 10,000 test images of shape (1, 28, 28) below ``root/MNIST/raw``."""
    from torchvision.datasets import MNIST  # three seconds, which nobody else waits for

    mnist = MNIST(root, train=train, download=download)
    return Images(mnist.data.unsqueeze(1), mnist.targets.long(), DIGITS)
