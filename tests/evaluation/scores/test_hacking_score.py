"""Hacking: on a linear softmax model against a plain loop in NumPy, and who is left out."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from small_cases import by_function, by_method, case_of, conv, linear, part, pictures
from torch import Tensor, nn
from torch.testing import assert_close

from evaluation.case import Case
from evaluation.measurement import Measurement
from evaluation.scores.hacking import HackingSettings, measure
from openbox.errors import InputError


def found(case: Case, settings: HackingSettings) -> dict[str, Measurement]:
    return {m.metric: m for m in measure(case, settings)}


def slope_of(model: torch.nn.Module, x: Tensor, target: Tensor) -> Tensor:
    weight = model[1].weight  # pyright: ignore[reportIndexIssue]
    return weight[target].reshape(x.shape)


@pytest.mark.parametrize("shape", [(1, 6, 6), (3, 6, 6)])
@pytest.mark.parametrize("settings", [HackingSettings(20, 1), HackingSettings(200, 5), HackingSettings(7, 3)])
def test_a_linear_model_against_a_plain_loop(shape: tuple[int, ...], settings: HackingSettings) -> None:
    model, pixels = linear(shape), pictures(6, shape)
    case = case_of(model, by_function(slope_of), pixels, count=4)
    head = model[1]
    assert isinstance(head, nn.Linear)
    weight, bias = head.weight.double().numpy(), head.bias.double().numpy()
    last = min(settings.features, 36)
    counts = [k for k in range(last + 1) if k % settings.step == 0 or k == last]
    got = found(case, settings)
    for n in range(4):
        x = (pixels[n].numpy() / np.float32(255)).astype(np.float64)
        c = int(case.target[n])
        relevance = weight[c].reshape(shape).sum(0)
        order = np.argsort(-np.abs(relevance).ravel())
        cpp, nlci, start = [], [], None
        for k in range(last + 1):
            if k:
                i, j = divmod(int(order[k - 1]), shape[2])
                x[:, i, j] = 0 if relevance[i, j] > 0 else 1
            z = np.exp(weight @ x.ravel() + bias)
            p = z / z.sum()
            start = p if start is None else start
            if k in counts:
                cpp.append(abs(start[c] - p[c]))
                nlci.append(float(p.argmax() != start.argmax()))
        curves = got["cpp"].curves, got["nlci"].curves
        assert curves[0] is not None
        assert curves[1] is not None
        assert_close(curves[0][n], torch.tensor(cpp, dtype=torch.float64), rtol=1e-4, atol=1e-6)
        assert curves[1][n].tolist() == nlci
        for name, curve in (("cpp", cpp), ("nlci", nlci)):
            area = 0.0
            for i in range(len(counts) - 1):
                area += (curve[i] + curve[i + 1]) / 2 * (counts[i + 1] - counts[i])
            assert float(got[name].values[n]) == pytest.approx(area / last, rel=1e-4, abs=1e-6)


def test_the_true_slope_hacks_sooner_than_noise_and_the_opposite_changes_fewer_labels() -> None:
    model, pixels = linear(), pictures(22)
    settings = HackingSettings(36, 2)
    true = found(case_of(model, by_function(slope_of), pixels, count=20), settings)
    noise = found(case_of(model, by_method("random", pixels[:1] / 255), pixels, count=20), settings)
    wrong = found(case_of(model, by_function(lambda m, x, t: -slope_of(m, x, t)), pixels, count=20), settings)
    for name in ("cpp", "nlci"):
        assert float(true[name].values.mean()) > float(noise[name].values.mean()) + 0.05
    assert float(wrong["nlci"].values.mean()) < float(noise["nlci"].values.mean()) - 0.05


def test_misclassified_images_are_nan_and_change_nothing_for_the_others() -> None:
    pixels = pictures(6)
    case = case_of(conv(), by_method("openbox", pixels[:1] / 255), pixels, count=4)
    wrong = replace(case, label=torch.where(torch.arange(4) == 2, (case.label + 1) % 4, case.label))
    whole, some = found(case, HackingSettings()), found(wrong, HackingSettings())
    for name in whole:
        assert not bool(whole[name].values.isnan().any())
        assert some[name].values.isnan().tolist() == [False, False, True, False]
        kept = torch.tensor([0, 1, 3])
        assert_close(some[name].values[kept], whole[name].values[kept])
    nobody = found(replace(case, label=(case.label + 1) % 4), HackingSettings())
    assert all(bool(m.values.isnan().all()) for m in nobody.values())


def test_no_relevance_counts_as_not_positive() -> None:
    """A map of zeros turns all pixels white, in a random order of the image's seed."""
    model, pixels = linear(), pictures(5)
    case = case_of(model, by_function(lambda model, x, target: torch.zeros_like(x)), pixels)
    curve = found(case, HackingSettings(36, 36))["cpp"].curves
    assert curve is not None
    p = [model(x).double().softmax(1).gather(1, case.target[:, None])[:, 0] for x in (case.x, case.x * 0 + 1)]
    assert_close(curve[:, 1], (p[0] - p[1]).abs(), rtol=1e-4, atol=1e-6)
    halves = [
        found(replace(case, seeds=s), HackingSettings(18, 18))["cpp"].values for s in ((1, 2, 3), (4, 5, 6))
    ]
    assert not torch.equal(*halves)


def test_neither_the_batch_nor_the_company_matters_nor_the_global_numbers() -> None:
    pixels = pictures(6)
    case = case_of(conv(), by_method("openbox", pixels[:1] / 255), pixels, count=4)
    state = torch.get_rng_state()
    whole = found(case, HackingSettings(30, 4))
    assert torch.equal(torch.get_rng_state(), state)
    for batch in (1, 3, 7):
        small = found(replace(case, batch=batch), HackingSettings(30, 4))
        for name in whole:
            assert_close(small[name].values, whole[name].values, rtol=1e-4, atol=1e-6)
    for i in range(4):
        alone = found(part(case, i), HackingSettings(30, 4))
        for name in whole:
            assert_close(alone[name].values[0], whole[name].values[i], rtol=1e-4, atol=1e-6)


def test_no_more_than_a_batch_goes_through_the_network() -> None:
    pixels = pictures(6)
    case = replace(case_of(conv(), by_method("openbox", pixels[:1] / 255), pixels, count=4), batch=3)
    sizes: list[int] = []
    with case.model.register_forward_pre_hook(lambda module, inputs: sizes.append(len(inputs[0]))):
        measure(case, HackingSettings(30, 4))
    assert max(sizes) == 3
    assert sum(sizes) == 4 + 4 * 9, "one look at each image, then 0, 4, .., 28, 30 altered pixels"


def test_a_default_curve_has_at_most_25_points() -> None:
    assert len(HackingSettings().altered(1024)) <= 25
    assert HackingSettings().altered(1024)[-1] == 200


@pytest.mark.parametrize("wrong", [{"features": 0}, {"step": -1}, {"step": 2.5}])
def test_senseless_settings_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(InputError, match=r"hacking: (features|step)"):
        HackingSettings(**wrong)
