"""Pixel flipping has known answers; the oracle removes one pixel after the other in plain loops."""

import dataclasses

import numpy as np
import pytest
import torch
from score_cases import case, linear, part, random_tensor, small_network
from torch import Tensor, nn

from evaluation.case import Case, forward
from evaluation.fills import FILLS
from evaluation.measurement import Measurement
from evaluation.scores.flip import SCORE, FlipSettings, area, curves, measure, removals
from evaluation.scores.parts.order import rank
from openbox.errors import InputError, UnknownNameError

DETERMINISTIC = ("zero", "mean", "blur")


def random_map(x: Tensor, target: Tensor, seed: int) -> Tensor:
    """Another map for another image, whatever batch it comes in."""
    return torch.sin(37 * x + 5 * torch.arange(x[0].numel()).view(x.shape[1:]) + seed)


def constant_map(x: Tensor, target: Tensor, seed: int) -> Tensor:
    return torch.ones_like(x)


def found(measurements: list[Measurement]) -> dict[tuple[str, str, str, str], Measurement]:
    table = {(m.metric, m.order, m.fill, m.space): m for m in measurements}
    assert len(table) == len(measurements), "no condition twice"
    return table


def small_case(maps=random_map, images: int = 3, batch: int = 256) -> Case:
    return case(small_network(), random_tensor(1, images, 2, 8, 8), maps, batch)


# the oracle: one image, one step, one pixel at a time, in NumPy


def softmax(z: np.ndarray) -> np.ndarray:
    e = np.exp(z - z.max())
    return e / e.sum()


def slow_curves(of: Case, n: int, fill: Tensor, steps: int, patch: int) -> dict[tuple[str, str], np.ndarray]:
    """MoRF and LeRF curves of image n in every space, for a map without ties."""
    x, other = of.x[n].numpy(), fill.numpy()
    r = of.explanation.values[n].numpy()
    _, height, width = x.shape
    cells: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for i in range(height):
        for j in range(width):
            cells.setdefault((i // patch, j // patch), []).append((i, j))
    score = {key: sum(r[c, i, j] for i, j in at for c in range(len(x))) for key, at in cells.items()}
    descending = sorted(cells, key=lambda key: -score[key])
    result: dict[tuple[str, str], np.ndarray] = {}
    k = int(of.target[n])
    for order, keys in (("morf", descending), ("lerf", descending[::-1])):
        rows: dict[str, list[float]] = {"logit": [], "probability": [], "": []}
        for step in range(steps + 1):
            image = x.copy()
            for key in keys[: int(np.floor(step * len(keys) / steps + 0.5))]:
                for i, j in cells[key]:
                    for c in range(len(x)):
                        image[c, i, j] = other[c, i, j]
            z = of.model(torch.from_numpy(image)[None])[0].numpy()
            rows["logit"].append(z[k] - z.mean())
            rows["probability"].append(softmax(z)[k])
            rows[""].append(float(z.argmax() == k))
        result |= {(order, space): np.array(values) for space, values in rows.items()}
    return result


def slow_area(y: np.ndarray, counts: np.ndarray) -> float:
    x = counts / counts[-1]
    return sum((x[i + 1] - x[i]) * (y[i] + y[i + 1]) / 2 for i in range(len(y) - 1))


@pytest.mark.parametrize(("patch", "steps"), [(1, 16), (1, 5), (2, 16), (3, 9), (3, 4), (1, 1), (8, 1)])
def test_every_number_is_that_of_plain_loops(patch: int, steps: int) -> None:
    of = small_case()
    settings = FlipSettings(steps=steps, patch=patch)
    table = found(measure(of, settings))
    features = int(np.ceil(8 / patch)) ** 2
    counts = np.floor(np.arange(steps + 1) * features / steps + 0.5)
    for name in settings.fills:
        draws = FILLS[name].make(of.x, of.context, of.seeds, settings.draws)
        for n in range(3):
            each = [slow_curves(of, n, fill[n], steps, patch) for fill in draws]
            mean = {key: np.mean([curve[key] for curve in each], 0) for key in each[0]}
            for space in settings.spaces:
                morf, lerf = mean["morf", space], mean["lerf", space]
                expected = {
                    ("morf", "morf"): slow_area(morf, counts),
                    ("lerf", "lerf"): slow_area(lerf, counts),
                    ("aopc", "morf"): sum(morf[0] - value for value in morf) / (steps + 1),
                    ("abpc", ""): slow_area(lerf, counts) - slow_area(morf, counts),
                }
                for (metric, order), value in expected.items():
                    got = float(table[metric, order, name, space].values[n])
                    assert got == pytest.approx(value, abs=1e-12), (metric, name, space)
                curve = table["morf", "morf", name, space].curves
                assert curve is not None
                np.testing.assert_allclose(curve[n].numpy(), morf, atol=1e-12)
            for order in ("morf", "lerf"):
                got = float(table[f"accuracy_{order}", order, name, ""].values[n])
                assert got == pytest.approx(slow_area(mean[order, ""], counts), abs=1e-12)
    assert table["ties", "", "", ""].values.tolist() == [0, 0, 0]


def test_the_table_describes_what_is_measured() -> None:
    table = found(measure(small_case(), FlipSettings()))
    assert {key[0] for key in table} == set(SCORE.metrics)
    assert len(table) == 4 * (2 * 4 + 2) + 1
    assert SCORE.metrics["morf"].better == "lower"
    assert SCORE.metrics["lerf"].better == "higher"


def test_a_linear_model_has_closed_curves() -> None:
    """f_0 - mean(f) falls by the removed contributions, largest first: no order falls faster."""
    weight = torch.zeros(2, 1, 4, 4, dtype=torch.float64)
    weight[0] = torch.arange(1.0, 17).view(1, 4, 4)
    x = torch.ones(1, 1, 4, 4, dtype=torch.float64)
    of = case(linear(weight), x, lambda x, target, seed: weight[:1].expand(x.shape))
    table = found(measure(of, FlipSettings(fills=("zero",), spaces=("logit",))))
    k = np.arange(17)
    morf = (136 - (16 * k - k * (k - 1) / 2)) / 2  # half: the other logit is 0
    lerf = (136 - k * (k + 1) / 2) / 2
    for order, expected in (("morf", morf), ("lerf", lerf)):
        curve = table[order, order, "zero", "logit"].curves
        assert curve is not None
        np.testing.assert_allclose(curve[0].numpy(), expected, atol=1e-12)
    assert table["abpc", "", "zero", "logit"].values.item() == pytest.approx(680 / 32)  # sum k (16 - k) / 32
    best = table["morf", "morf", "zero", "logit"].values.item()
    for seed in range(20):
        other = dataclasses.replace(
            of, explanation=dataclasses.replace(of.explanation, values=random_tensor(seed, 1, 1, 4, 4))
        )
        assert (
            found(measure(other, FlipSettings(fills=("zero",))))["morf", "morf", "zero", "logit"].values
            > best
        )


class OnePixel(nn.Module):
    """Reads pixel (2, 1) of the first channel; the second logit is a constant."""

    def forward(self, x: Tensor) -> Tensor:
        pixel = x[:, 0, 2, 1]
        return torch.stack([4 * pixel, torch.ones_like(pixel)], 1)


@pytest.mark.parametrize("place", [0, 6, 15])
def test_a_model_that_reads_one_pixel_falls_when_it_goes(place: int) -> None:
    """The pixel's rank is ``place``: MoRF falls from 1.5 to -0.5 at step place + 1, LeRF at 16 - place."""

    def maps(x: Tensor, target: Tensor, seed: int) -> Tensor:
        values = [-float(i) for i in range(16)]
        at = 2 * 4 + 1
        values[at], values[place] = values[place], values[at]
        return torch.tensor(values, dtype=x.dtype).view(1, 1, 4, 4).expand(x.shape)

    of = case(OnePixel(), torch.ones(1, 1, 4, 4, dtype=torch.float64), maps)
    table = found(measure(of, FlipSettings(fills=("zero",), spaces=("logit",))))
    for order, falls in (("morf", place + 1), ("lerf", 16 - place)):
        curve = table[order, order, "zero", "logit"].curves
        assert curve is not None
        assert curve[0].tolist() == [1.5] * falls + [-0.5] * (17 - falls)
        kept = table[f"accuracy_{order}", order, "zero", ""].curves
        assert kept is not None
        assert kept[0].tolist() == [1.0] * falls + [0.0] * (17 - falls)


def test_a_constant_map_is_ordered_by_the_image_s_seed_alone() -> None:
    of = small_case(constant_map)
    ranks = rank(of.relevance, 1, (7, 7, 8)).ranks
    assert torch.equal(ranks[0], ranks[1]), "same seed, same order"
    assert not torch.equal(ranks[0], ranks[2])
    assert torch.equal(rank(5 - of.relevance, 1, (7, 7, 8)).ranks, ranks), "whatever the method"
    assert found(measure(of, FlipSettings()))["ties", "", "", ""].values.tolist() == [1, 1, 1]
    assert sorted(ranks[0].flatten().tolist()) == list(range(64))


def test_some_ties_keep_the_order_of_the_rest() -> None:
    values = torch.tensor([[3.0, 1, 1], [2, 1, 0]])[None]
    orders = [rank(values, 1, (seed,)) for seed in range(40)]
    for order in orders:
        assert order.ties.tolist() == [0.5]
        assert [int(order.ranks[0, 0, 0]), int(order.ranks[0, 1, 0]), int(order.ranks[0, 1, 2])] == [0, 1, 5]
    tied = {tuple(order.ranks[0].flatten()[[1, 2, 4]].tolist()) for order in orders}
    assert len(tied) == 6, "all orders of three ties occur"


def test_a_random_order_has_no_area_between_its_curves_on_average() -> None:
    """ABPC of a constant map over 600 seeds: within four standard errors of 0, which are small."""
    one = small_case(constant_map, 1)
    of = case(one.model, one.x.expand(600, -1, -1, -1), constant_map, seeds=range(600))
    table = found(measure(of, FlipSettings(steps=8, fills=("zero", "blur"))))
    for fill in ("zero", "blur"):
        values = table["abpc", "", fill, "logit"].values
        error = float(values.std()) / 600**0.5
        assert 0 < error < 0.1 * float(table["lerf", "lerf", fill, "logit"].values.abs().max())
        assert abs(float(values.mean())) < 4 * error


def test_the_negated_map_has_the_negated_area() -> None:
    of, back = small_case(), small_case(lambda x, target, seed: -random_map(x, target, seed))
    table, turned = found(measure(of, FlipSettings())), found(measure(back, FlipSettings()))
    for fill in FlipSettings().fills:
        for space in FlipSettings().spaces:
            mine, theirs = table["abpc", "", fill, space].values, turned["abpc", "", fill, space].values
            assert torch.equal(mine, -theirs)
            assert bool((mine != 0).all())


def alike(first: list[Measurement], second: list[Measurement]) -> None:
    table, other = found(first), found(second)
    assert table.keys() == other.keys()
    for key, measurement in table.items():
        torch.testing.assert_close(measurement.values, other[key].values, rtol=0, atol=1e-12)


@pytest.mark.parametrize("recompute", [False, True])
def test_a_batch_is_its_images_one_by_one(recompute: bool) -> None:
    of = small_case(images=5)
    settings = FlipSettings(steps=6, recompute=recompute)
    single = [measure(part(of, n), settings) for n in range(5)]
    joined = [
        dataclasses.replace(same[0], values=torch.cat([m.values for m in same]))
        for same in zip(*single, strict=True)
    ]
    alike(measure(of, settings), joined)


@pytest.mark.parametrize("batch", [1, 3, 7, 40])
def test_the_size_of_a_batch_changes_nothing_and_bounds_what_is_passed(batch: int) -> None:
    of, whole = small_case(images=5, batch=batch), small_case(images=5)
    sizes = []
    of.model.register_forward_pre_hook(lambda module, args: sizes.append(len(args[0])))
    alike(measure(of, FlipSettings(patch=2)), measure(whole, FlipSettings(patch=2)))
    assert max(sizes) <= batch
    assert sum(sizes) == 5 * (1 + 5 * (1 + 2 * 15)), "nothing is computed twice"


def test_draws_of_noise_are_averaged() -> None:
    of = small_case()
    several = found(measure(of, FlipSettings(fills=("noise",), draws=3)))[
        "morf", "morf", "noise", "probability"
    ]
    draws = FILLS["noise"].make(of.x, of.context, of.seeds, 3)
    assert draws.shape == (3, 3, 2, 8, 8)
    order = rank(of.relevance, 1, of.seeds)
    removed = removals(64, 16)
    each = [curves(lambda x: forward(of.model, x), of.x, order.ranks, fill, removed, 9) for fill in draws]
    share = [z.softmax(-1).gather(-1, of.target[:, None, None].expand(-1, 17, 1))[..., 0] for z in each]
    expected = torch.stack([area(curve, removed) for curve in share])
    assert float(expected.std(0).min()) > 0, "the draws differ"
    torch.testing.assert_close(several.values, expected.mean(0))


def test_recomputing_follows_the_map_of_the_altered_image() -> None:
    """The map is the altered image itself under a black fill: after each pixel the largest left goes."""

    def maps(x: Tensor, target: Tensor, seed: int) -> Tensor:
        gone = (x == 0).sum((1, 2, 3), keepdim=True).double()
        return torch.where(gone % 2 == 0, x, 1 - x)  # it turns round after each removed pixel

    x = torch.tensor([[[[0.9, 0.1], [0.4, 0.6]]]], dtype=torch.float64)
    weight = torch.tensor([[1.0, 10, 100, 1000]], dtype=torch.float64).view(1, 1, 2, 2)
    of = case(linear(torch.cat([weight, 0 * weight])), x, maps)
    removed = {}
    for recompute in (False, True):
        settings = FlipSettings(steps=4, fills=("zero",), spaces=("logit",), recompute=recompute)
        table = found(measure(of, settings))
        for order in ("morf", "lerf"):
            curve = table[order, order, "zero", "logit"].curves
            assert curve is not None
            removed[recompute, order] = [round(2 * v, 9) for v in curve[0].diff().neg().tolist()]
    parts = {0.9: 0.9, 0.1: 1.0, 0.4: 40.0, 0.6: 600.0}  # value -> contribution
    expected = {
        (False, "morf"): (0.9, 0.6, 0.4, 0.1),
        (False, "lerf"): (0.1, 0.4, 0.6, 0.9),
        (True, "morf"): (0.9, 0.1, 0.6, 0.4),  # largest, smallest, largest, the last
        (True, "lerf"): (0.1, 0.9, 0.4, 0.6),
    }
    assert removed == {key: [parts[v] for v in values] for key, values in expected.items()}


def test_a_map_that_never_changes_need_not_be_recomputed() -> None:
    fixed = random_tensor(3, 1, 2, 8, 8)
    of = small_case(lambda x, target, seed: fixed.expand(x.shape))
    for patch in (1, 3):
        alike(
            measure(of, FlipSettings(patch=patch, steps=5)),
            measure(of, FlipSettings(patch=patch, steps=5, recompute=True)),
        )


def test_altered_images_lie_in_memory_like_the_image() -> None:
    x = random_tensor(0, 4, 3, 8, 8).to(memory_format=torch.channels_last)
    of = case(small_network(3), x, random_map)
    seen = []
    of.model.register_forward_pre_hook(
        lambda module, args: seen.append(args[0].is_contiguous(memory_format=torch.channels_last))
    )
    measure(of, FlipSettings())
    assert len(seen) > 10
    altered = seen[1:]
    assert sum(altered) >= len(altered) - 5, "all but the five images that are fill and nothing else"


def test_removals_are_even_and_end_at_all() -> None:
    assert removals(784, 16).tolist() == [49 * k for k in range(17)]
    assert removals(10, 4).tolist() == [0, 3, 5, 8, 10]
    assert removals(3, 16).tolist() == [0, 1, 2, 3], "no more steps than features"
    assert removals(9, 1).tolist() == [0, 9]


def test_what_is_not_finite_or_does_not_fit_is_refused() -> None:
    bad = torch.zeros(1, 4, 4)
    bad[0, 1, 1] = torch.nan
    with pytest.raises(InputError, match="NaN or infinite"):
        rank(bad, 1, (0,))
    with pytest.raises(InputError, match="patches of 5 x 5 pixels"):
        rank(torch.zeros(1, 4, 4), 5, (0,))
    with pytest.raises(UnknownNameError, match="unknown fill 'pink'; known: blur, mean, noise, zero"):
        FlipSettings(fills=("pink",))
    with pytest.raises(UnknownNameError, match="unknown space"):
        FlipSettings(spaces=("odds",))
    with pytest.raises(InputError, match="fills \\['zero', 'zero'\\]; pass different ones"):
        FlipSettings(fills=("zero", "zero"))
    with pytest.raises(InputError, match="spaces \\[\\]; pass different ones"):
        FlipSettings(spaces=())
    with pytest.raises(InputError, match="steps 0"):
        FlipSettings(steps=0)
