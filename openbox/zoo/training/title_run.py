"""``TitleRun``: a reader of titles in training, epoch by epoch.

AdamW, a rate that warms up and falls to nothing, batches of titles of one length (so nothing is padded),
words replaced by the unknown word, dropout of embeddings and of what the head reads, smoothed labels and
clipped gradients.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from tqdm import tqdm

from openbox.errors import named
from openbox.zoo.data import Titles, text_dataset
from openbox.zoo.readers import find_reader
from openbox.zoo.title_reader import TitleReader
from openbox.zoo.training.recipe import Recipe
from openbox.zoo.training.state import State

LEAST = 2  # times that a word occurs in the training titles, to be in the vocabulary
LEAST_PAIR = 3  # times that two words stand beside each other there
WORD_DROPOUT = 0.15
SMOOTHING = 0.1
CLIPPED = 1.0  # the norm of all gradients together
WARM_UP = 200  # steps


class TitleRun(State):
    """One recipe under way on ``device``; the vocabulary is that of ``titles``."""

    model: TitleReader

    def __init__(self, recipe: Recipe, titles: Titles, device: torch.device) -> None:
        self.device, self.labels = device, titles.labels.to(device)
        with named("train"):
            reader = find_reader(recipe.network)
        vocabulary = find_vocabulary(titles.texts, pairs=reader.pairs)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(recipe.seed)
            model = reader.build(vocabulary, len(titles.classes))
        model.to(device)
        self.groups = of_one_length(model.read, titles.texts)
        self.batches = sum(-(-len(numbers) // recipe.batch_size) for numbers, _ in self.groups)
        epochs = recipe.epochs or text_dataset(recipe.data).epochs
        rate, decay = recipe.learning_rate, recipe.weight_decay
        optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=decay)
        super().__init__(recipe, epochs, model, optimizer, self._rate)

    def run_epoch(self) -> float:
        """Train one epoch with a progress bar; returns the mean loss."""
        total = 0.0
        self.model.train()
        title = f"{self.recipe.name} {self.epoch + 1}/{self.epochs}"
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(
                int(torch.randint(2**31, (), generator=self.generator))
            )  # dropout draws from it
            bar = tqdm(
                self._batches(), desc=title, total=self.batches, leave=False, mininterval=1, disable=None
            )
            for step, (numbers, rows) in enumerate(bar, 1):
                total += self._step(numbers, rows)
                bar.set_postfix(loss=f"{total / step:.3f}", refresh=False)
        self.epoch += 1
        return total / max(1, self.batches)

    def _batches(self) -> list[tuple[Tensor, Tensor]]:
        size, batches = self.recipe.batch_size, list[tuple[Tensor, Tensor]]()
        for numbers, rows in self.groups:
            for some in torch.randperm(len(numbers), generator=self.generator).split(size):
                batches.append((numbers[some], rows[some]))
        return [batches[i] for i in torch.randperm(len(batches), generator=self.generator).tolist()]

    def _step(self, numbers: Tensor, rows: Tensor) -> float:
        gone = torch.rand(rows.shape[:2], generator=self.generator) < WORD_DROPOUT
        embedded = self.model.embedded(self.model.forget(rows, gone).to(self.device))
        logits = self.model(self.model.dropped(embedded))
        labels = self.labels[numbers.to(self.device)]
        loss = nn.functional.cross_entropy(logits, labels, label_smoothing=SMOOTHING)
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), CLIPPED)
        self.optimizer.step()
        self.scheduler.step()
        return loss.item()

    def _rate(self, step: int) -> float:
        return min(1, (step + 1) / WARM_UP) * max(0, 1 - step / max(1, self.epochs * self.batches))


def find_vocabulary(texts: Iterable[str], least: int = LEAST, pairs: bool = False) -> list[str]:
    """The words that occur ``least`` times or more, in the order of the alphabet; then the ``pairs`` of
    neighbouring words that occur ``LEAST_PAIR`` times or more."""
    split = [text.split() for text in texts]
    words = _frequent((word for title in split for word in title), least)
    if not pairs:
        return words
    return words + _frequent((" ".join(pair) for title in split for pair in pairwise(title)), LEAST_PAIR)


def _frequent(entries: Iterable[str], least: int) -> list[str]:
    return sorted(entry for entry, count in Counter(entries).items() if count >= least)


def of_one_length(
    read: Callable[[Sequence[str]], Tensor], texts: Sequence[str]
) -> list[tuple[Tensor, Tensor]]:
    """For each length the numbers (n,) of the titles that have it, and their words' rows (n, T, ...)."""
    groups = defaultdict[int, list[int]](list)
    split = [text.split() for text in texts]
    for number, words in enumerate(split):
        groups[len(words)].append(number)
    return [
        (torch.tensor(numbers), torch.stack([read(split[number]) for number in numbers]))
        for _, numbers in sorted(groups.items())
    ]


@torch.no_grad()
def title_accuracy(model: TitleReader, titles: Titles) -> float:
    """Share of the titles that ``model`` classifies right, in float32 and eval mode."""
    model.eval()
    device, right = model.embedding.weight.device, 0
    for numbers, rows in of_one_length(model.read, titles.texts):
        for some in torch.arange(len(numbers)).split(1000):
            predicted = model(model.embedded(rows[some].to(device))).argmax(1).cpu()
            right += int((predicted == titles.labels[numbers[some]]).sum())
    return right / len(titles)
