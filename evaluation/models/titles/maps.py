"""Measures of what a network says of each word: how few it needs, how alike titles are, who agrees."""

from collections.abc import Callable
from itertools import combinations

import torch
from torch import Tensor

from openbox.text.added import added_by_words, to_decision
from openbox.text.explain import explain_words
from openbox.text.open_reader import NOTHING

from ...scores.parts.agreement import cosine, spearman
from ...scores.sparsity import gini
from ...titles.case import Pool
from ..flipping import search, total_of
from ..maps import needed
from ..regions import Numbers
from .subject import TitleSubject, TitleWords

SEED = 0
OCCLUSIONS = ("occlusion_unknown", "occlusion_delete")
LONGEST = 8  # words of a title whose best order is searched: of all subsets


def sparsity(subject: TitleSubject) -> Numbers:
    """Of what words add to the decision: the Gini index, and the share of words that hold 90 % of it."""
    return {
        "gini": float(torch.stack([gini(one[None])[0] for one in subject.maps]).nanmean()),
        "coordinates for 90 %": float(torch.stack([needed(one[None])[0] for one in subject.maps]).nanmean()),
    }


def neighbours(subject: TitleSubject) -> Numbers:
    """The cosine of what words add in a title and in its nearest by TF-IDF, over all words of both."""
    count = len(subject.maps)
    pool = Pool(tuple(subject.words), subject.titles.labels)
    near = [subject.words[other] for other in pool.nearest(torch.arange(count))]
    theirs = [
        to_decision(one, int(k))
        for one, k in zip(added_by_words(subject.reader, near), subject.decided, strict=True)
    ]
    found = list[Tensor]()
    for number in range(count):
        vocabulary = sorted({*subject.words[number], *near[number]})
        mine = _spread(subject.words[number], subject.maps[number], vocabulary)
        found.append(cosine(mine, _spread(near[number], theirs[number], vocabulary))[0])
    return {"neighbour cosine": float(torch.stack(found).nanmean())}


def agreement(subject: TitleSubject) -> Numbers:
    """Spearman's rank correlation of what words add to the predicted logit with what is lost without them, by
    the unknown word and by deletion; the mean over pairs, of titles of two words or more."""
    words = [title for title in subject.words[: subject.sampling.agreement] if len(title) > 1]
    if not words:
        return {"agreement": None}
    logits = subject.reader.logits(words).argmax(1)
    exact = [one[:, int(k)] for one, k in zip(added_by_words(subject.reader, words), logits, strict=True)]
    lost = [
        [one.values.double() for one in explain_words(name, subject.reader, words, None, SEED)]
        for name in OCCLUSIONS
    ]
    pairs = [
        torch.stack([spearman(a[None], b[None])[0] for a, b in zip(*pair, strict=True)]).nanmean()
        for pair in combinations([exact, *lost], 2)
    ]
    return {"agreement": float(torch.stack(pairs).mean())}


def normalised(subject: TitleSubject) -> Numbers:
    """As for images, of words made unknown; the best and the worst order of all that there are."""
    found = list[float]()
    for title, values, target in zip(subject.words, subject.maps, subject.decided, strict=False):
        if len(found) == subject.sampling.flips:
            break
        if not 1 < len(title) <= LONGEST:
            continue
        answers = _answers(subject, title, int(target))
        own = total_of(answers, values.argsort(descending=True, stable=True))
        best, worst = (search(answers, len(title), 2 ** len(title), sign) for sign in (1, -1))
        if worst - best > 1e-9:
            found.append((worst - own) / (worst - best))
    return {"NAOPC": sum(found) / len(found) if found else None}


def _answers(subject: TitleSubject, title: TitleWords, target: int) -> Callable[[Tensor], Tensor]:
    def answers(removed: Tensor) -> Tensor:
        titles = [
            [NOTHING if gone else word for gone, word in zip(some, title, strict=True)]
            for some in removed.tolist()
        ]
        return subject.reader.logits(titles).double().softmax(1)[:, target]

    return answers


def _spread(title: TitleWords, values: Tensor, vocabulary: list[str]) -> Tensor:
    """(1, V) the values of a title's words, summed, over a vocabulary."""
    places = torch.tensor([vocabulary.index(word) for word in title])
    return torch.zeros(1, len(vocabulary), dtype=torch.float64).index_add_(1, places, values[None].double())
