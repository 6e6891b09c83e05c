"""``title_consistency``: do similar titles get similar values, and do they share gates and regions?

``fill`` says what is similar: a word replaced by the unknown word, the unknown word put in front, or the
nearest test title by TF-IDF.
"""

from collections import defaultdict
from dataclasses import dataclass

import torch
from torch import Tensor

from openbox.program.step import Step
from openbox.text.occlusion import made_unknown
from openbox.text.open_reader import NOTHING, Words

from ..measurement import Measurement, Metric, Score
from .case import TitleCase, drawn_places

_GATE = "relu"  # recurrent units: those that have a place in time


@dataclass(frozen=True)
class TitleConsistencySettings:
    """Nothing to set."""


def measure(case: TitleCase, settings: TitleConsistencySettings) -> list[Measurement]:
    """``cosine`` of the values of words that both titles have; for the nearest title summed over equal words.

    ``gates_agree``: the share of recurrent units that decide alike at the same word; ``same_region``: 1 where
    both titles are of one length and lie in one region. Neither depends on the method, and neither is asked
    of the nearest title, whose words are others.
    """
    del settings
    places = drawn_places(case)
    unknown = [made_unknown(title, place) for title, place in zip(case.titles, places, strict=True)]
    front = [[NOTHING, *title] for title in case.titles]
    near = [case.pool.titles[number] for number in case.pool.nearest(case.index)]
    found: list[Measurement] = []
    for fill, others, shift in (("unknown", unknown, 0), ("front", front, 1), ("nearest", near, None)):
        values = [one.values for one in case.explain(others, case.target)]
        cosines = [
            _by_word(title, ours, other, theirs) if shift is None else _cosine(ours, theirs[shift:])
            for title, ours, other, theirs in zip(case.titles, case.values, others, values, strict=True)
        ]
        found.append(Measurement("cosine", torch.tensor(cosines, dtype=torch.float64), fill=fill))
        if shift is None:
            continue
        pairs = [_gates(case, *both, shift) for both in zip(case.titles, others, strict=True)]
        agree, same = torch.tensor(pairs, dtype=torch.float64).unbind(1)
        found.append(Measurement("gates_agree", agree, fill=fill))
        found.append(Measurement("same_region", same, fill=fill))
    return found


def _cosine(ours: Tensor, theirs: Tensor) -> float:
    """NaN where one of them is zero everywhere."""
    return float(ours @ theirs / (ours.norm() * theirs.norm()))


def _by_word(title: Words, ours: Tensor, other: Words, theirs: Tensor) -> float:
    sums: tuple[dict[str, float], dict[str, float]] = (defaultdict(float), defaultdict(float))
    for words, values, total in ((title, ours, sums[0]), (other, theirs, sums[1])):
        for word, value in zip(words, values.tolist(), strict=True):
            total[word] += value
    union = sorted({*title, *other})
    a, b = (torch.tensor([total.get(word, 0.0) for word in union], dtype=torch.float64) for total in sums)
    return _cosine(a, b)


def _gates(case: TitleCase, ours: Words, theirs: Words, shift: int) -> tuple[float, float]:
    """The share of units that agree, and whether all gates of the network do."""
    here, there = case.reader.record(ours), case.reader.record(theirs)
    units, shifted = _in_time(here), _in_time(there)
    alike = [decision == shifted[layer, time + shift] for (layer, time), decision in units.items()]
    agree = float(torch.cat(alike).double().mean())
    if shift:  # of another length, so of no region of the first
        return agree, torch.nan
    return agree, float(all(torch.equal(a, b) for (_, a), (_, b) in zip(here, there, strict=True)))


def _in_time(gates: list[tuple[Step, Tensor]]) -> dict[tuple[str, int], Tensor]:
    """The decisions of the units of each layer at each time: ``rnn.l0[3]`` is layer ``rnn.l0`` at time 3."""
    found = {}
    for step, decision in gates:
        if step.gate.kind == _GATE:
            layer, _, time = step.module.rstrip("]").rpartition("[")
            found[layer, int(time)] = decision[0]
    return found


SCORE = Score(
    "titles that hardly differ", TitleConsistencySettings, measure,
    {
        "cosine": Metric("cosine of the values of the words", "higher"),
        "gates_agree": Metric("share of units that decide alike", ""),
        "same_region": Metric("share of pairs in the same region", ""),
    },
    of="titles",
)  # fmt: skip
