"""Shift consistency has known answers: 1 for a map that moves with its image, less for one that does not."""

import dataclasses

import numpy as np
import pytest
import torch
from score_cases import case, part, random_tensor, small_network
from torch import Tensor, nn

from evaluation.case import Case
from evaluation.measurement import Measurement
from evaluation.scores.parts.agreement import average_ranks, cosine, snapped, spearman, top_overlap
from evaluation.scores.shift import SCORE, ShiftSettings, common, measure, translate
from openbox.errors import InputError
from openbox.explainers import create


def found(measurements: list[Measurement]) -> dict[str, Tensor]:
    assert [m.metric for m in measurements] == list(SCORE.metrics)
    return {m.metric: m.values for m in measurements}


def bordered(images: int, side: int = 16, border: int = 6, channels: int = 1) -> Tensor:
    """Random pixels in the middle of black: a translation by less than the border loses nothing."""
    x = torch.zeros(images, channels, side, side, dtype=torch.float64)
    inner = side - 2 * border
    x[..., border:-border, border:-border] = 0.2 + 0.8 * random_tensor(2, images, channels, inner, inner)
    return x


def blurred_image(x: Tensor, target: Tensor, seed: int) -> Tensor:
    """An equivariant map that needs no network."""
    kernel = random_tensor(9, 1, 1, 3, 3) - 0.5
    return torch.nn.functional.conv2d(x.mean(1, keepdim=True), kernel, padding=1).expand(x.shape)


def fixed_map(x: Tensor, target: Tensor, seed: int) -> Tensor:
    return random_tensor(4, 1, *x.shape[1:]).expand(x.shape)


def noisy_map(x: Tensor, target: Tensor, seed: int) -> Tensor:
    return x + torch.sin(1e3 * x + seed)


class Equivariant(nn.Module):
    """Circular convolutions and a mean over all places: its logits do not see a circular translation."""

    def __init__(self) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(3)
            self.features = nn.Sequential(
                nn.Conv2d(1, 6, 3, padding=1, padding_mode="circular"), nn.ReLU(),
                nn.Conv2d(6, 6, 3, padding=1, padding_mode="circular"), nn.ReLU(),
            )  # fmt: skip
            self.head = nn.Linear(6, 4)
        self.double().eval().requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.features(x).mean((2, 3)))


def opened(method: str) -> Case:
    """The real explainer of an equivariant network on images with a wide black border."""
    model, x = Equivariant(), bordered(3)
    explainer = create(method, model, x)
    return case(model, x, lambda x, target, seed: explainer.explain(x, target).values)


@pytest.mark.parametrize("method", ["openbox", "openbox_weights", "decision_features"])
def test_an_equivariant_explanation_of_an_equivariant_network_is_consistent(method: str) -> None:
    of = opened(method)
    table = found(measure(of, ShiftSettings()))
    for name in ("cosine", "spearman", "top_k"):
        torch.testing.assert_close(table[name], torch.ones(3, dtype=torch.float64), rtol=0, atol=1e-12)
    assert not table["changed"].any()
    assert not table["repeat"].any()


def test_an_equivariant_map_is_consistent_to_the_last_bit() -> None:
    table = found(measure(case(Equivariant(), bordered(4), blurred_image), ShiftSettings()))
    for name in ("cosine", "spearman", "top_k"):
        assert table[name].tolist() == [1, 1, 1, 1]


def test_shifting_back_the_wrong_way_would_be_seen() -> None:
    """The same maps, compared at the place the other way: far from 1."""
    x = bordered(4)
    for shift in ShiftSettings().shifts:
        moved = blurred_image(translate(x, shift), torch.zeros(4), 0)[:, 0]
        first = blurred_image(x, torch.zeros(4), 0)[:, 0]
        right = cosine(*(m.flatten(1) for m in common(first, moved, shift)))
        wrong = cosine(*(m.flatten(1) for m in common(first, moved, (-shift[0], -shift[1]))))
        assert right.tolist() == [1, 1, 1, 1]
        assert float(wrong.max()) < 0.9


@pytest.mark.parametrize("shift", [(0, 1), (-2, 0), (3, -1)])
def test_a_translation_repeats_the_edge(shift: tuple[int, int]) -> None:
    x = random_tensor(0, 2, 3, 5, 6)
    moved = translate(x, shift)
    for i in range(5):
        for j in range(6):
            a, b = min(max(i - shift[0], 0), 4), min(max(j - shift[1], 0), 5)
            assert torch.equal(moved[:, :, i, j], x[:, :, a, b])


def test_a_map_that_stands_still_is_not_consistent() -> None:
    table = found(measure(case(Equivariant(), bordered(4), fixed_map), ShiftSettings()))
    assert float(table["cosine"].max()) < 0.9
    assert float(table["spearman"].abs().max()) < 0.3
    assert float(table["top_k"].max()) < 0.3
    assert not table["ratio"].any(), "but it does not change, which is what the ratio asks"


class Threshold(nn.Module):
    """Changes its mind when the image's first column is bright."""

    def forward(self, x: Tensor) -> Tensor:
        bright = x[:, 0, :, 0].mean(1)
        return torch.stack([torch.full_like(bright, 0.5), bright], 1)


def test_changed_predictions_are_counted_and_left_out() -> None:
    """A shift to the left brings the second column, which is bright, into the first."""
    x = torch.full((2, 1, 8, 8), 0.1, dtype=torch.float64)
    x[:, :, :, 1] = 1
    x[1, :, :, 1] = 0.2
    x += 0.01 * random_tensor(0, 2, 1, 8, 8)

    def maps(x: Tensor, target: Tensor, seed: int) -> Tensor:
        return torch.where(x[:, :, :, :1].mean((2, 3), keepdim=True) > 0.5, -x, x)

    of = case(Threshold(), x, maps)
    left, right = (0, -1), (0, 1)
    both = found(measure(of, ShiftSettings((left, right))))
    assert both["changed"].tolist() == [0.5, 0]
    only = found(measure(of, ShiftSettings((right,))))
    for name in ("cosine", "spearman", "top_k", "ratio"):
        assert float(both[name][0]) == float(only[name][0]), "the changed one does not count"
    none = found(measure(of, ShiftSettings((left,))))
    assert none["changed"].tolist() == [1, 0]
    for name in ("cosine", "spearman", "top_k", "ratio"):
        assert none[name].isnan().tolist() == [True, False]


def test_the_repeat_noise_is_that_of_another_seed() -> None:
    x = random_tensor(1, 3, 2, 8, 8)
    quiet = found(measure(case(small_network(), x, blurred_image), ShiftSettings()))
    of = case(small_network(), x, noisy_map)
    noisy = found(measure(of, ShiftSettings()))
    assert quiet["repeat"].tolist() == [0, 0, 0]
    for n in range(3):
        a, b = (noisy_map(x[n : n + 1], of.target, seed).sum(1).flatten() for seed in (0, 1))
        expected = 1 - float(a @ b / (a.norm() * b.norm()))
        assert float(noisy["repeat"][n]) == pytest.approx(expected)
        assert expected > 0.01


def slow_ratio(of: Case, n: int, shifts: tuple[tuple[int, int], ...], window: int) -> float:
    """Montavon's ratio of image n by plain loops, all shifts counted."""

    def pooled(image: np.ndarray) -> dict[tuple[int, int], float]:
        one = torch.from_numpy(image)[None]
        r = of.explain(one, of.target[n : n + 1]).values[0].numpy().sum(0)
        sums: dict[tuple[int, int], float] = {}
        for i in range(r.shape[0]):
            for j in range(r.shape[1]):
                key = (i // window, j // window)
                sums[key] = sums.get(key, 0) + r[i, j] / np.abs(r).sum()
        return sums

    x = of.x[n].numpy()
    first, ratios = pooled(x), []
    for down, right in shifts:
        moved = np.empty_like(x)
        for i in range(x.shape[1]):
            for j in range(x.shape[2]):
                a, b = min(max(i - down, 0), x.shape[1] - 1), min(max(j - right, 0), x.shape[2] - 1)
                moved[:, i, j] = x[:, a, b]
        distance = np.sqrt(((x - moved) ** 2).sum())
        if distance > 0:
            second = pooled(moved)
            ratios.append(sum(abs(first[key] - second[key]) for key in first) / distance)
    return max(ratios, default=float("nan"))


class Constant(nn.Module):
    """Never changes its mind."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.tensor([[1.0, 0]], dtype=x.dtype).expand(len(x), 2)


@pytest.mark.parametrize("window", [1, 3, 4])
def test_montavons_ratio_is_that_of_plain_loops(window: int) -> None:
    of = case(Constant(), random_tensor(1, 3, 2, 8, 8), noisy_map)
    settings = ShiftSettings(window=window)
    ratio = found(measure(of, settings))["ratio"]
    for n in range(3):
        assert float(ratio[n]) == pytest.approx(slow_ratio(of, n, settings.shifts, window))


def test_an_image_that_a_shift_does_not_change_is_left_out_of_the_ratio() -> None:
    """Stripes along the shift: the image is the same, and a stochastic map would be divided by zero."""
    x = random_tensor(1, 2, 1, 8, 1).expand(2, 1, 8, 8).clone()
    x[1] = 0.5
    along, across = (0, 2), (1, 0)

    calls = []

    def drawn(x: Tensor, target: Tensor, seed: int) -> Tensor:
        calls.append(1)
        return random_tensor(len(calls), *x.shape)

    table = found(measure(case(Constant(), x, drawn), ShiftSettings((along, across))))
    assert float(table["ratio"][0]) < 100
    assert table["ratio"].isnan().tolist() == [False, True]
    assert not table["cosine"].isnan().any()


def test_a_map_of_zeros_has_no_direction() -> None:
    table = found(measure(case(Constant(), bordered(2), lambda x, target, seed: 0 * x), ShiftSettings()))
    for name in ("cosine", "spearman", "top_k", "ratio", "repeat"):
        assert table[name].isnan().all()
    assert table["changed"].tolist() == [0, 0]


@pytest.mark.parametrize("batch", [1, 4, 5])
def test_batches_and_single_images_give_the_same(batch: int) -> None:
    x = random_tensor(1, 5, 2, 8, 8)
    whole = found(measure(case(small_network(), x, noisy_map), ShiftSettings()))
    of = case(small_network(), x, noisy_map, batch)
    single = [found(measure(part(of, n), ShiftSettings())) for n in range(5)]
    for name, values in found(measure(of, ShiftSettings())).items():
        torch.testing.assert_close(values, whole[name], rtol=0, atol=1e-12, equal_nan=True)
        joined = torch.cat([one[name] for one in single])
        torch.testing.assert_close(values, joined, rtol=0, atol=1e-12, equal_nan=True)


def test_the_explainer_is_asked_for_the_class_of_the_unmoved_image() -> None:
    asked = []

    def maps(x: Tensor, target: Tensor, seed: int) -> Tensor:
        asked.append(target.tolist())
        return x

    of = case(small_network(), random_tensor(1, 3, 2, 8, 8), maps, batch=9)
    of = dataclasses.replace(of, target=torch.tensor([3, 1, 2]))
    asked.clear()
    measure(of, ShiftSettings())
    assert asked == [[3, 1, 2] * 3, [3, 1, 2] * 3, [3, 1, 2]], "six shifts in two calls, and the repeat"


def test_spearman_is_scipys() -> None:
    from scipy.stats import rankdata, spearmanr

    generator = torch.Generator().manual_seed(0)
    a = torch.randint(0, 6, (20, 30), generator=generator).double()
    b = torch.randint(0, 40, (20, 30), generator=generator).double() + a
    np.testing.assert_array_equal(average_ranks(a).numpy() + 1, rankdata(a.numpy(), axis=1))
    values = spearman(a, b)
    for n in range(20):
        expected, _ = spearmanr(a[n].numpy(), b[n].numpy())
        assert float(values[n]) == pytest.approx(expected)


def test_rounding_makes_no_ranks() -> None:
    flat = torch.cat([torch.zeros(40), torch.ones(10), torch.full((30,), -0.4)])[None]
    noise = 1e-7 * (random_tensor(0, 2, 1, 80) - 0.5).float()
    a, b = flat + noise[0], flat + noise[1]
    assert float(spearman(a, b)) < 0.95
    assert spearman(snapped(a), snapped(b)).tolist() == [1]
    fine = random_tensor(1, 1, 80) + torch.tensor(0)
    torch.testing.assert_close(spearman(fine, snapped(fine)), torch.ones(1, dtype=torch.float64))
    assert snapped(torch.zeros(1, 3)).isnan().all()


def test_the_top_overlap_counts_and_shares_ties() -> None:
    a = torch.tensor([[5.0, 4, 3, 2, 1, 0]])
    b = torch.tensor([[5.0, 0, 3, 4, 1, 2]])
    assert top_overlap(a, b, 1 / 3).tolist() == [0.5]
    assert top_overlap(a, b, 0.5).tolist() == pytest.approx([2 / 3])
    tied = torch.tensor([[5.0, 4, 4, 4, 1, 0]])
    assert top_overlap(tied, tied, 0.5).tolist() == pytest.approx([1])
    assert top_overlap(a, tied, 0.5).tolist() == pytest.approx([(1 + 2 / 3 + 2 / 3) / 3])


def test_cosine_is_the_cosine() -> None:
    a, b = random_tensor(0, 6, 50) - 0.5, random_tensor(1, 6, 50) - 0.5
    torch.testing.assert_close(cosine(a, b), torch.nn.functional.cosine_similarity(a, b))
    assert cosine(a, 3 * a).tolist() == pytest.approx([1] * 6)
    assert cosine(a, a).tolist() == [1] * 6
    assert bool(cosine(a, 0 * a).isnan().all())


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"shifts": ()}, "pass at least one"),
        ({"shifts": ((1, 0), (0, 0))}, "divides by nothing"),
        ({"top_k": 0.0}, "top_k 0 must be"),
        ({"window": 0}, "window 0 must be"),
    ],
)
def test_settings_that_mean_nothing_are_refused(wrong: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        ShiftSettings(**wrong)


def test_a_shift_out_of_the_image_is_refused() -> None:
    of = case(Constant(), random_tensor(0, 1, 1, 4, 4), blurred_image)
    with pytest.raises(InputError, match=r"\(0, 4\) moves images of \(4, 4\) out of themselves"):
        measure(of, ShiftSettings(((0, 4),)))
