"""``Run``: a network for images in training, epoch by epoch.

Stochastic gradient descent with Nesterov momentum, a linear warm-up and a cosine descent.
"""

import math

import torch
from torch import nn
from tqdm import tqdm

from openbox.zoo.data import Images, dataset
from openbox.zoo.networks import Normalize, build
from openbox.zoo.training.augment import augment
from openbox.zoo.training.recipe import Recipe
from openbox.zoo.training.state import State

MOMENTUM = 0.9
WARM_UP = 0.15  # share of the steps


class Run(State):
    """One recipe under way on ``device``."""

    def __init__(self, recipe: Recipe, images: Images, device: torch.device) -> None:
        entry = dataset(recipe.data)
        self.images, self.device = images, device
        self.shift, self.flip = entry.shift, entry.flip
        self.batches = len(images) // recipe.batch_size
        self.epochs = recipe.epochs or entry.epochs
        model = _fresh_model(recipe, images).to(device).to(memory_format=torch.channels_last)
        decayed = [p for p in model.parameters() if p.ndim > 1]
        plain = [p for p in model.parameters() if p.ndim <= 1]
        groups = [{"params": decayed, "weight_decay": recipe.weight_decay}, {"params": plain}]
        optimizer = torch.optim.SGD(groups, lr=recipe.learning_rate, momentum=MOMENTUM, nesterov=True)
        super().__init__(recipe, self.epochs, model, optimizer, self._rate)

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
        half = self.recipe.precision == "bfloat16"
        with torch.autocast(self.device.type, torch.bfloat16, enabled=half):
            logits = self.model(x)
        loss = nn.functional.cross_entropy(logits.float(), self.images.labels[index].to(self.device))
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.scheduler.step()
        return loss.item()

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
