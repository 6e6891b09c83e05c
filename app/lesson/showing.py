"""The figure of each step of the lesson, for the page and, as it stands at first, for the hand-out."""

import hashlib
import html
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
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
    total = words.number(float(product.sum()), 2)
    said = (
        f"The score of {label}: the sum of all products, {total}, plus the bias "
        f"{words.number(float(found.bias[label]), 2)}, is {words.number(float(scores[label]), 2)}. "
        f"The largest score has {best}, so the answer is {best}. This classifier is right on "
        f"{found.accuracy:.1%} of the test pictures."
    ).replace("%", " %")
    (w, w_scale), (p, p_scale) = drawings.map_of(weights), drawings.map_of(product)
    shown = drawings.row(
        [
            ("The picture", drawings.photograph(x[None]), "pixels from 0 (black) to 1"),
            (f"Weights of “{label}”", w, w_scale),
            ("Pixel times weight", p, p_scale),
        ],
        said,
    )
    return _with(shown, said)


def draw_folds(_: Classroom, count: int = 2, angle: float = 60.0, offset: float = 0.2) -> Figure:
    """The pieces of a plane."""
    args = count, angle, offset
    cut: Slice = asking.answer(Job(jobs.folded, args, args, keep=64))
    number = len(cut.polygons)
    said = (
        f"{count} {'neurons fold' if count > 1 else 'neuron folds'} this window into {number} "
        f"{'pieces' if number > 1 else 'piece'}."
    )
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
            f"{place // width + 1}, {place % width + 1}", f"{float(x.flatten()[place]):.4f}",
            words.number(float(found.weight.flatten()[place]), 4), words.number(float(products[place]), 4),
        ]
        for place in chosen
    ]  # fmt: skip
    ten = float(products[chosen].sum())
    rest = float(products.sum()) - ten
    said = (
        f"The ten pixels of largest effect add up to {words.number(ten, 4)}, the other {len(products) - TEN} "
        f"to {words.number(rest, 4)}, the bias is {words.number(found.bias, 4)}. Together: "
        f"{words.number(ten + rest + found.bias, 4)}. The network itself says {words.number(found.score, 4)} "
        f"for “{room.card.classes[found.answer]}”; the error, as a share of the largest score, is "
        f"{f'{found.error:.0e}' if found.error else '0'}."
    )
    table = drawings.table(("row, column", "pixel", "weight", "pixel x weight"), rows, said)
    picture, scale = drawings.map_of(products.view(x.shape))
    tiles = drawings.row(
        [("The picture", drawings.photograph(x), ""), ("Pixel times weight", picture, scale)], said
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
        f"score of “{room.card.classes[k]}”": (way.t.numpy(), way.logits[:, k].numpy()) for k in {*classes}
    }
    number = int(way.interval(torch.tensor([share], dtype=torch.float64))[0]) + 1
    said = (
        f"From one picture to the other the walk crosses {len(way.region_ids)} pieces. You are on number "
        f"{number}, and the network says “{room.card.classes[found.answer]}”."
    )
    picture, scale = drawings.map_of(found.weight)
    curves = drawings.chart(lines, "how far you walked", "score", said, share)
    tiles = drawings.row(
        [
            ("Where you are", drawings.photograph(x[0]), ""),
            (f"Weights of “{room.card.classes[found.answer]}”", picture, scale),
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
    sides = [(own, "trained"), (drawn, "random weights")]
    sides = sides if first else sides[::-1]
    tiles = [("The picture", drawings.photograph(subject.x[0]), "")]
    for title, (one, truth) in zip(("Left", "Right"), sides, strict=True):
        name = f"{title}: {truth}" if revealed else title
        if EXPLAINERS[method].signed:
            picture, _ = drawings.map_of(one.values[0])
        else:
            picture = drawings.grey(figures.plane(one.values[0], one.unit))
        tiles.append((name, picture, "" if EXPLAINERS[method].signed else "white: 0, purple: most"))
    likeness = torch.nn.functional.cosine_similarity(own.values.flatten(), drawn.values.flatten(), 0)
    said = (
        f"The trained network's map is the {'left' if first else 'right'} one. The likeness (cosine) of the "
        f"two maps is {words.number(float(likeness), 2)}; 1 means alike up to a factor."
        if revealed
        else f"Two maps of {EXPLAINERS[method].title}, one of a trained and one of a random network."
    )
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
    said = f"Mean score while pixels become {fill}, the best map first: {order}."
    early = len(found.shares) // 10
    gone = f"{round(float(found.shares[early]) * ranks[0].numel())} of {ranks[0].numel()} pixels are gone"
    tiles = drawings.row(
        [
            ("The picture", drawings.photograph(subject.x[0]), ""),
            *(
                (EXPLAINERS[name].title, drawings.photograph(pictures[early]), gone)
                for name, pictures in zip(FLIPPED, found.pictures, strict=True)
            ),
        ],
        said,
    )
    curves = drawings.chart(lines, "pixels that are gone", "score", said)
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
    alike = torch.nn.functional.cosine_similarity(found[0].weight.flatten(), found[1].weight.flatten(), 0)
    tiles: list[tuple[str, str, str]] = []
    for title, one, here in zip(("The picture", "With noise"), (subject, near), found, strict=True):
        picture, scale = drawings.map_of(here.weight)
        answer, shown = room.card.classes[here.answer], room.card.classes[label]
        tiles.append((title, drawings.photograph(one.x[0]), f"the network says “{answer}”"))
        tiles.append((f"Weights of “{shown}”", picture, f"piece {here.region[:8]}; {scale}"))
    same = "the same piece" if found[0].region == found[1].region else "two different pieces"
    said = (
        f"The two pictures lie on {same}. The likeness (cosine) of the two maps is "
        f"{words.number(float(alike), 3)}; 1 means alike up to a factor."
    )
    return _with(drawings.row(tiles, said), said)


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
