"""Training of the reader that attends, on the titles of DBLP."""

from collections.abc import Callable

import torch
from torch import nn

from openbox.gallery.attention import AttentionReader
from openbox.zoo.data import Titles
from openbox.zoo.title_reader import UNKNOWN
from openbox.zoo.training.title_run import find_vocabulary, of_one_length

LEAST = 10  # times that a word occurs, so that the file stays small
EPOCHS, BATCH, RATE, DECAY = 6, 256, 5e-3, 0.03
WORD_DROPOUT, DROPOUT = 0.15, 0.4


def train_reader(
    titles: Titles, report: Callable[[str], None], seed: int = 0, least: int = LEAST
) -> AttentionReader:
    """AdamW with a rate that falls to nothing, batches of one length; settings near those of ``rnn``.

    The vocabulary are the words that occur ``least`` times or more.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        reader = AttentionReader(find_vocabulary(titles.texts, least), titles.classes)
        batches = [
            (numbers[some], rows[some])
            for numbers, rows in of_one_length(reader.read, titles.texts)
            for some in torch.arange(len(numbers)).split(BATCH)
        ]
        optimizer = torch.optim.AdamW(reader.parameters(), RATE, weight_decay=DECAY)
        total = EPOCHS * len(batches)
        scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step / total)
        for epoch in range(EPOCHS):
            loss_sum = 0.0
            for number in torch.randperm(len(batches)).tolist():
                numbers, rows = batches[number]
                rows = rows.masked_fill(torch.rand(rows.shape) < WORD_DROPOUT, UNKNOWN)
                embedded = nn.functional.dropout(reader.embedding(rows), DROPOUT)
                loss = nn.functional.cross_entropy(reader(embedded)[0], titles.labels[numbers])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                scheduler.step()
                loss_sum += loss.item()
            report(f"epoch {epoch + 1}/{EPOCHS}  loss {loss_sum / len(batches):.4f}")
    return reader.eval()


@torch.no_grad()
def reader_accuracy(reader: AttentionReader, titles: Titles) -> float:
    """Share of the titles that are classified right."""
    right = 0
    for numbers, rows in of_one_length(reader.read, titles.texts):
        right += int((reader(reader.embedding(rows))[0].argmax(1) == titles.labels[numbers]).sum())
    return right / len(titles)
