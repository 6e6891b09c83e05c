"""The figure of each step of the lesson, for the page and, as it stands at first, for the hand-out."""

import hashlib
import html
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from language.catalogue import count, say
from language.mark import mark
from torch import Tensor
from ui import asking, figures, loading, words
from ui.loading import Asked, about, digest
from ui.sources import AnyNetwork
from work import deleting
from work.deleting import FILLS, Deletion
from work.explaining import References
from work.job import Job

from lesson import controls, drawings, jobs
from lesson.controls import GUESSED
from lesson.drawings import Figure
from lesson.jobs import LinearDigits, LinearHere
from openbox.explainers.explanation import Explanation
from openbox.explainers.table import EXPLAINERS
from openbox.geometry.partition.segment import Segment
from openbox.geometry.partition.slice import Slice
from openbox.zoo.data.images import Images

TEN = 10  # pixels
FLIPPED = ("openbox", "gradient_x_input", "gradcam", "random")
RANKED = {  # by what stands where a pixel was
    "black": mark("Mean score while pixels become black, the best map first: {order}."),
    "mean": mark("Mean score while pixels become mean, the best map first: {order}."),
    "noise": mark("Mean score while pixels become noise, the best map first: {order}."),
}


@dataclass(frozen=True)
class Classroom:
    """The network of the lesson, its test pictures, and the references for methods that compare."""

    card: AnyNetwork
    test: Images
    references: References

    def asked(self, index: int) -> Asked:
        """A test picture."""
        return Asked(self.card, self.references, self.test.batch(slice(index, index + 1)))


def draw_linear(room: Classroom, index: int = 10, label: int = 0) -> Figure:
    """The picture, the weights of a class, their product, and the scores."""
    found: LinearDigits = asking.answer(Job(jobs.linear_digits, (), (), keep=1))
    x = room.test.batch(slice(index, index + 1))[0, 0].double()
    scores = (found.weights * x).sum((1, 2)) + found.bias
    weights, product = found.weights[label], found.weights[label] * x
    best = int(scores.argmax())
    said = say(
        "The score of {label}: the sum of all products, {total}, plus the bias {bias}, is {score}. The "
        "largest score has {best}, so the answer is {best}. This classifier is right on {share} of the test "
        "pictures."
    ).format(
        label=label, total=words.number(float(product.sum()), 2),
        bias=words.number(float(found.bias[label]), 2), score=words.number(float(scores[label]), 2),
        best=best, share=words.percent(found.accuracy),
    )  # fmt: skip
    (w, w_scale), (p, p_scale) = drawings.map_of(weights), drawings.map_of(product)
    shown = drawings.row(
        [
            (say("The picture"), drawings.photograph(x[None]), say("pixels from 0 (black) to 1")),
            (say("Weights of “{name}”").format(name=label), w, w_scale),
            (say("Pixel times weight"), p, p_scale),
        ],
        said,
    )
    return _with(shown, said)


def draw_folds(_: Classroom, neurons: int = 2, angle: float = 60.0, offset: float = 0.2) -> Figure:
    """The pieces of a plane."""
    args = neurons, angle, offset
    cut: Slice = asking.answer(Job(jobs.folded, args, args, keep=64))
    found = count("{number} piece", "{number} pieces", len(cut.polygons))
    said = count(
        "{number} neuron folds this window into {{pieces}}.",
        "{number} neurons fold this window into {{pieces}}.",
        neurons,
    ).format(pieces=found)
    return _with(drawings.plane(cut, said), said)


def draw_here(room: Classroom, index: int = 4) -> Figure:
    """Ten rows to multiply by hand, and the sum."""
    subject = room.asked(index)
    found: LinearHere = asking.answer(about(jobs.here, room.card, (subject.x,), subject.picture))
    x = subject.x[0].double()
    products = (found.weight * x).flatten()
    chosen = products.abs().topk(TEN).indices.tolist()
    width = x.shape[-1]
    rows = [
        [
            f"{place // width + 1}, {place % width + 1}", words.number(float(x.flatten()[place]), 4),
            words.number(float(found.weight.flatten()[place]), 4), words.number(float(products[place]), 4),
        ]
        for place in chosen
    ]  # fmt: skip
    ten = float(products[chosen].sum())
    rest = float(products.sum()) - ten
    said = say(
        "The ten pixels of largest effect add up to {ten}, the other {others} to {rest}, the bias is {bias}. "
        "Together: {total}. The network itself says {score} for “{answer}”; the error, as a share of the "
        "largest score, is {error}."
    ).format(
        ten=words.number(ten, 4), others=len(products) - TEN, rest=words.number(rest, 4),
        bias=words.number(found.bias, 4), total=words.number(ten + rest + found.bias, 4),
        score=words.number(found.score, 4), answer=room.card.classes[found.answer],
        error=f"{found.error:.0e}" if found.error else "0",
    )  # fmt: skip
    head = say("row, column"), say("pixel"), say("weight"), say("pixel x weight")
    table = drawings.table(head, rows, said)
    picture, scale = drawings.map_of(products.view(x.shape))
    tiles = drawings.row(
        [(say("The picture"), drawings.photograph(x), ""), (say("Pixel times weight"), picture, scale)], said
    )
    return _with(Figure(f'<div class="lesson-row">{tiles.html}{table.html}</div>', said), said)


def draw_walk(room: Classroom, to: int = 9, share: float = 0.3) -> Figure:
    """The scores on the way, and the weights where one stands."""
    a, b = room.asked(4), room.asked(to)
    way: Segment = asking.answer(
        about(jobs.walk, room.card, (a.x.double(), b.x.double()), (a.picture, b.picture))
    )
    x = ((1 - share) * a.x + share * b.x).float()
    subject = Asked(room.card, room.references, x)
    found: LinearHere = asking.answer(about(jobs.here, room.card, (x,), subject.picture))
    classes = way.logits[[0, -1]].argmax(1).tolist()
    lines = {
        say("score of “{name}”").format(name=room.card.classes[k]): (
            way.t.numpy(), way.logits[:, k].numpy()
        )
        for k in {*classes}
    }  # fmt: skip
    number = int(way.interval(torch.tensor([share], dtype=torch.float64))[0]) + 1
    answer = room.card.classes[found.answer]
    crossed = count(
        "From one picture to the other the walk crosses {number} piece.",
        "From one picture to the other the walk crosses {number} pieces.",
        len(way.region_ids),
    )
    there = say("You are on number {place}, and the network says “{answer}”.")
    said = f"{crossed} {there.format(place=number, answer=answer)}"
    picture, scale = drawings.map_of(found.weight)
    curves = drawings.chart(lines, say("how far you walked"), say("score"), said, share)
    tiles = drawings.row(
        [
            (say("Where you are"), drawings.photograph(x[0]), ""),
            (say("Weights of “{name}”").format(name=answer), picture, scale),
        ],
        said,
    )
    return _with(Figure(curves.html + tiles.html, said), said)


def draw_guess(room: Classroom, method: str = GUESSED[1], index: int = 7, revealed: bool = False) -> Figure:
    """Two maps, side by side; whose is whose is hidden."""
    subject = room.asked(index)
    target = int(loading.answer(subject).logits.argmax())
    own: Explanation = asking.answer(loading.explanation(method, subject, target))
    args = method, room.references, subject.x, target
    key = method, subject.picture, target, room.references.key
    drawn: Explanation = asking.answer(about(jobs.of_random_weights, room.card, args, key))
    hidden = hashlib.sha256(f"{method} {subject.picture}".encode()).digest()[0]
    first = hidden % 2 == 0  # by both, so that each guess is a new one
    sides = [(own, say("trained")), (drawn, say("random weights"))]
    sides = sides if first else sides[::-1]
    tiles = [(say("The picture"), drawings.photograph(subject.x[0]), "")]
    for title, (one, truth) in zip((say("Left"), say("Right")), sides, strict=True):
        name = f"{title}: {truth}" if revealed else title
        if EXPLAINERS[method].signed:
            picture, _ = drawings.map_of(one.values[0])
        else:
            picture = drawings.grey(figures.plane(one.values[0], one.unit))
        tiles.append((name, picture, "" if EXPLAINERS[method].signed else say("white: 0, purple: most")))
    if revealed:
        whose = say("The trained network's map is the left one.")
        if not first:
            whose = say("The trained network's map is the right one.")
        said = f"{whose} {_likeness(own.values, drawn.values, 2)}"
    else:
        said = say("Two maps of {method}, one of a trained and one of a random network.")
        said = said.format(method=EXPLAINERS[method].title)
    return _with(drawings.row(tiles, said), said)


def draw_flip(room: Classroom, fill: str = FILLS[0], index: int = 3) -> Figure:
    """What is left of the score while pixels are taken away."""
    subject = room.asked(index)
    target = int(loading.answer(subject).logits.argmax())
    maps: list[Explanation] = [asking.answer(loading.explanation(name, subject, target)) for name in FLIPPED]
    ranks = torch.stack([torch.from_numpy(figures.plane(one.values[0], one.unit)).double() for one in maps])
    row = torch.eye(len(room.card.classes))[target]
    args = subject.x, ranks, row, "logits", fill
    key = subject.picture, digest(ranks), target, fill
    found: Deletion = asking.answer(about(deleting.delete, room.card, args, key, keep=16))
    lines = {
        EXPLAINERS[name].title: (found.shares.numpy(), scores.numpy())
        for name, scores in zip(FLIPPED, found.scores, strict=True)
    }
    areas = {name: float(np.mean(y)) for name, (_, y) in lines.items()}
    ranking = sorted(areas, key=areas.__getitem__)
    order = ", ".join(f"{name} {words.number(areas[name], 1)}" for name in ranking)
    said = say(RANKED[fill]).format(order=order)
    early = len(found.shares) // 10
    pixels = ranks[0].numel()
    gone = say("{gone} of {pixels} pixels are gone")
    gone = gone.format(gone=round(float(found.shares[early]) * pixels), pixels=pixels)
    tiles = drawings.row(
        [
            (say("The picture"), drawings.photograph(subject.x[0]), ""),
            *(
                (EXPLAINERS[name].title, drawings.photograph(pictures[early]), gone)
                for name, pictures in zip(FLIPPED, found.pictures, strict=True)
            ),
        ],
        said,
    )
    curves = drawings.chart(lines, say("pixels that are gone"), say("score"), said)
    return _with(Figure(curves.html + tiles.html, said), said)


def draw_noise(room: Classroom, level: float = 0.03, index: int = 12) -> Figure:
    """The weights of two pictures that look alike."""
    subject = room.asked(index)
    noise = torch.randn(subject.x.shape, generator=torch.Generator().manual_seed(0))
    label = int(loading.answer(subject).logits.argmax())
    near = Asked(room.card, room.references, (subject.x + level * noise).clamp(0, 1))
    found: list[LinearHere] = [
        asking.answer(about(jobs.here, room.card, (one.x, label), (one.picture, label)))
        for one in (subject, near)
    ]
    tiles: list[tuple[str, str, str]] = []
    titles = say("The picture"), say("With noise")
    for title, one, here in zip(titles, (subject, near), found, strict=True):
        picture, scale = drawings.map_of(here.weight)
        answer, shown = room.card.classes[here.answer], room.card.classes[label]
        below = say("the network says “{answer}”").format(answer=answer)
        tiles.append((title, drawings.photograph(one.x[0]), below))
        below = say("piece {name}; {scale}").format(name=here.region[:8], scale=scale)
        tiles.append((say("Weights of “{name}”").format(name=shown), picture, below))
    if found[0].region == found[1].region:
        where = say("The two pictures lie on the same piece.")
    else:
        where = say("The two pictures lie on two different pieces.")
    said = f"{where} {_likeness(found[0].weight, found[1].weight, 3)}"
    return _with(drawings.row(tiles, said), said)


def _likeness(one: Tensor, other: Tensor, digits: int) -> str:
    """A sentence on two maps."""
    cosine = float(torch.nn.functional.cosine_similarity(one.flatten(), other.flatten(), 0))
    said = say("The likeness (cosine) of the two maps is {cosine}; 1 means alike up to a factor.")
    return said.format(cosine=words.number(cosine, digits))


def _with(figure: Figure, said: str) -> Figure:
    return Figure(f"{figure.html}<p class='lesson-said'>{html.escape(said)}</p>", said)


Ask = Callable[[], tuple[Any, ...]]
Draw = Callable[..., Figure]
SHOWN: tuple[tuple[Ask, Draw], ...] = (  # for each step what can be moved, and the figure that follows
    (controls.ask_linear, draw_linear),
    (controls.ask_folds, draw_folds),
    (controls.ask_here, draw_here),
    (controls.ask_walk, draw_walk),
    (controls.ask_guess, draw_guess),
    (controls.ask_flip, draw_flip),
    (controls.ask_noise, draw_noise),
)
