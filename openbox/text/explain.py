"""``explain_titles``: from titles of any lengths to what a method says of each of their words."""

import time
from collections.abc import Sequence

import torch
from torch import nn

from openbox.errors import InputError, UnknownNameError, named, shown
from openbox.explainers.explanation import Target, coefficients
from openbox.module.lock import computing
from openbox.shapes import SEEDS, check_count
from openbox.text.explanation import TokenExplanation, as_float, receipt_of
from openbox.text.open_reader import OpenReader, Words, by_length
from openbox.text.query import Query
from openbox.text.table import TEXT_EXPLAINERS
from openbox.zoo.checkpoints import Checkpoint
from openbox.zoo.title_reader import TitleReader, split_titles


def explain_titles(
    method: str, checkpoint: Checkpoint | nn.Module, titles: Sequence[str], target: Target = None,
    seed: int = 0,
) -> list[TokenExplanation]:  # fmt: skip
    """What ``method`` of ``TEXT_EXPLAINERS`` says of each word of each title, in the order of the titles.

    ``checkpoint``: a checkpoint that reads titles, or its model in eval mode. The titles may have any
    lengths: those of one length are answered together and nothing is padded. ``target``: a class, a class
    for each title (N,), a ``Contrast``, or None for the predicted class. ``seed`` decides all random numbers.
    Raises ``UnknownNameError``, and ``InputError`` for what is no title.
    """
    with named(f"explain_titles({shown(method)})"):
        if method not in TEXT_EXPLAINERS:
            raise UnknownNameError("explainer of titles", method, TEXT_EXPLAINERS)
        words = split_titles(titles)
        check_count("seed", seed, 0, SEEDS)
        return explain_words(method, OpenReader(_reader(checkpoint)), words, target, seed)


def _reader(checkpoint: Checkpoint | nn.Module) -> TitleReader:
    model = checkpoint.model if isinstance(checkpoint, Checkpoint) else checkpoint
    if not isinstance(model, TitleReader):
        raise InputError(
            f"checkpoint is {shown(checkpoint)}, which reads no titles; pass one of "
            "openbox.zoo.list_checkpoints(titles=True)"
        )
    if any(module.training for module in model.modules()):
        raise InputError("the model is in train mode; call model.eval() first")
    return model


def explain_words(
    method: str, reader: OpenReader, titles: Sequence[Words], target: Target, seed: int
) -> list[TokenExplanation]:
    """The same for titles that were parted into words, of a network that is open."""
    entry = TEXT_EXPLAINERS[method]
    compute = entry.method  # imported before the clock starts
    found: dict[int, TokenExplanation] = {}
    with computing(), torch.inference_mode(False):  # gradients are needed, whatever mode the caller is in
        logits = reader.logits(titles)
        rows = coefficients(target, logits)
        for numbers in by_length(titles):
            some: list[Words] = [titles[number] for number in numbers]
            query = Query(reader, some, reader.embed(some), rows[numbers], seed)
            started = time.perf_counter()
            maps = compute(query)
            seconds = (time.perf_counter() - started) / len(some)
            for place, number in enumerate(numbers):
                tokens = tuple(titles[number])
                found[number] = TokenExplanation(
                    method, tokens, tuple(reader.model.knows(word) for word in tokens),
                    maps.values[place].cpu(), entry.unit, entry.signed, logits[number].cpu(),
                    as_float(maps.bias, place), as_float(maps.error, place), receipt_of(maps.receipt, place),
                    maps.model_calls, seconds, None if maps.by_class is None else maps.by_class[place].cpu(),
                    None if maps.surrogates is None else maps.surrogates[place],
                )  # fmt: skip
    return [found[number] for number in range(len(titles))]
