"""``Run``: a network for images in training, epoch by epoch.

Stochastic gradient descent with Nesterov momentum, a linear warm-up and a cosine descent.
"""

import math
from typing import Any

import torch
from torch import nn
from tqdm import tqdm

from openbox.zoo.data import Images, dataset
from openbox.zoo.family.normalize import Normalize
from openbox.zoo.networks import build
from openbox.zoo.training.augment import augment
from openbox.zoo.training.recipe import Recipe
from openbox.zoo.training.state import State

MOMENTUM = 0.9
WARM_UP = 0.15  # share of the steps


class Run(State):
    """One recipe under way on ``device``."""

    def __init__(
        self, recipe: Recipe, images: Images, device: torch.device, model: nn.Module | None = None
    ) -> None:
        """``model``: what is trained; None for a fresh network of the recipe."""
        entry = dataset(recipe.data)
        self.images, self.device = images, device
        self.shift, self.flip = entry.shift, entry.flip
        self.batches = len(images) // recipe.batch_size
        model = model or _fresh_model(recipe, images)
        model = model.to(device).to(memory_format=torch.channels_last)
        optimizer = torch.optim.SGD(self._groups(recipe, model), momentum=MOMENTUM, nesterov=True)
        super().__init__(recipe, recipe.epochs or entry.epochs, model, optimizer, self._rate)

    def run_epoch(self) -> float:
        """Train one epoch with a progress bar; returns the mean loss."""
        size, total = self.recipe.batch_size, 0.0
        self.model.train()
        order = torch.randperm(len(self.images), generator=self.generator)
        title = f"{self.recipe.name} {self.epoch + 1}/{self.epochs}"
        bar = tqdm(range(self.batches), desc=title, leave=False, mininterval=1, disable=None)
        for step in bar:
            total += self._step(order[step * size : (step + 1) * size])
            bar.set_postfix(loss=f"{total / (step + 1):.3f}", refresh=False)
        self.epoch += 1
        return total / max(1, self.batches)

    def _step(self, index: torch.Tensor) -> float:
        x = self.images.batch(index).to(self.device)
        x = augment(x, self.shift, self.flip, self.generator).to(memory_format=torch.channels_last)
        labels = self.images.labels[index].to(self.device)
        x = self._changed(x, labels)
        half = self.recipe.precision == "bfloat16"
        with torch.autocast(self.device.type, torch.bfloat16, enabled=half):
            logits = self.model(x)
        loss = self._loss(logits.float(), labels)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self._stepped()
        self.scheduler.step()
        return loss.item()

    def _groups(self, recipe: Recipe, model: nn.Module) -> list[dict[str, Any]]:
        """The parameters of ``model`` with their learning rate and weight decay."""
        decayed = [p for p in model.parameters() if p.ndim > 1]
        plain = [p for p in model.parameters() if p.ndim <= 1]
        rate = recipe.learning_rate
        return [
            {"params": decayed, "lr": rate, "weight_decay": recipe.weight_decay},
            {"params": plain, "lr": rate, "weight_decay": 0.0},
        ]

    def _changed(self, x: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """What is trained on in place of the images x (N, C, H, W) with ``labels`` (N,)."""
        del labels
        return x

    def _stepped(self) -> None:
        """Is called after each step."""

    def _loss(self, logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """What is made small, for logits (N, K) and labels (N,)."""
        return nn.functional.cross_entropy(logits, labels)

    def _rate(self, step: int) -> float:
        steps = self.epochs * self.batches
        warm = max(1, int(WARM_UP * steps))
        if step < warm:
            return (step + 1) / warm
        return 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm)))


def _fresh_model(recipe: Recipe, images: Images) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        model = build(recipe.network, images.shape, len(images.classes))
    pixels = images.batch(slice(None)).transpose(0, 1).flatten(1)
    for module in model.modules():
        if isinstance(module, Normalize):
            module.fit(pixels.mean(1), pixels.std(1).clamp(min=1e-3))
    return model
