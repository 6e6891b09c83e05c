"""A user's file with models good and bad, to be named as ``user_models:...``."""

import sys
from pathlib import Path

import pytest

NAME = "user_models"
SOURCE = """
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, seed=0):
        super().__init__()
        torch.manual_seed(seed)
        self.conv = nn.Conv2d(1, 4, 3, padding=1)
        self.relu = nn.ReLU()
        self.pool = nn.MaxPool2d(2)
        self.head = nn.Linear(64, 10)
        self.drop = nn.Dropout(0.5)

    def forward(self, x):
        return self.drop(self.head(self.pool(self.relu(self.conv(x))).flatten(1)))


class Smooth(Net):
    def forward(self, x):
        return torch.tanh(super().forward(x))


class Diverged(Net):
    def forward(self, x):
        return super().forward(x) / 0.0


class Zoo:
    @staticmethod
    def net():
        return Net()


class Sized(nn.Module):
    def __init__(self, inputs, *rest, outputs=10, **more):
        super().__init__()


def build():
    return Net()


def linear():
    torch.manual_seed(0)
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 12), nn.ReLU(), nn.Linear(12, 10))


def probable():
    return nn.Sequential(Net(), nn.Softmax(1))


def lazy():
    return nn.LazyLinear(3)


def three():
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 3))


def wide():
    return Net().double()


def failing():
    raise OSError("no such disk")


def leaving():
    raise SystemExit(3)


def nothing():
    return {"net": Net()}


ready = Net()
number = 7
"""


def place(folder: Path, monkeypatch: pytest.MonkeyPatch, source: str = SOURCE, name: str = NAME) -> None:
    """Write the file into the folder, which becomes the current one, as if nothing had been imported."""
    (folder / f"{name}.py").write_text(source)
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "path", [path for path in sys.path if path])
    monkeypatch.delitem(sys.modules, name, raising=False)
