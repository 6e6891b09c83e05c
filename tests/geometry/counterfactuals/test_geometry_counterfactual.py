"""The nearest change of decision: by hand, on a dense grid, and in words where there is none."""

import math

import pytest
import torch
from opened import opened
from torch import Tensor, nn

import openbox
from openbox import CounterfactualNotFoundError, InputError, PiecewiseLinearNetwork
from openbox.geometry.counterfactuals import region_refinement, relaxation
from openbox.geometry.counterfactuals.projection import Domain
from openbox.geometry.counterfactuals.relaxation import Reached
from openbox.geometry.counterfactuals.specification import Specification

NORMS = (2.0, math.inf)


class Formula(nn.Module):
    """The hinges are ``nn.ReLU`` by formula, so that the distances can be read off."""

    def __init__(self, weight: Tensor, bias: Tensor, out: Tensor, offset: Tensor) -> None:
        super().__init__()
        hidden, last = nn.Linear(weight.shape[1], len(weight)), nn.Linear(len(weight), len(out))
        with torch.no_grad():
            hidden.weight.copy_(weight)
            hidden.bias.copy_(bias)
            last.weight.copy_(out)
            last.bias.copy_(offset)
        self.layers = nn.Sequential(hidden, nn.ReLU(), last).double()

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x)


def capture(model: nn.Module, *shape: int) -> PiecewiseLinearNetwork:
    return openbox.capture(model, torch.zeros(2, *shape, dtype=torch.float64))


def abs_net() -> PiecewiseLinearNetwork:
    """f_0 = 0, f_1 = |x| - 0.5: class 1 beyond -0.5 and 0.5."""
    return capture(
        Formula(
            torch.tensor([[1.0], [-1.0]]), torch.zeros(2), torch.tensor([[0.0, 0], [1, 1]]),
            torch.tensor([0.0, -0.5]),
        ),
        1,
    )  # fmt: skip


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize(
    ("start", "bounds", "nearest"),
    [
        (0.1, None, 0.5),
        (-0.2, None, -0.5),
        (-0.2, (-0.4, 1.0), 0.5),  # the nearer side is out of bounds, across the kink
        (0.0, None, None),  # at the kink both sides are as near
    ],
)
def test_on_a_line_it_is_the_nearest_side(
    norm: float, start: float, bounds: tuple[float, float] | None, nearest: float | None
) -> None:
    found = abs_net().counterfactual(torch.tensor([start], dtype=torch.float64), norm=norm, bounds=bounds)
    point = float(found.point)
    assert abs(point if nearest is not None else abs(point)) == pytest.approx(
        abs(nearest if nearest is not None else 0.5), abs=1e-8
    )
    assert nearest is None or math.copysign(1, point) == math.copysign(1, nearest)
    assert found.distance == pytest.approx(abs(point - start), abs=1e-15)
    assert (found.original, found.target) == (0, 1)
    assert found.certified


def test_bounds_may_differ_from_value_to_value() -> None:
    """f_1 - f_0 = x_0 + x_1 - 1 from the origin: (0.5, 0.5) is nearest, (0.2, 0.8) in the box."""
    weight, offset = torch.eye(2), torch.tensor([0.0, -1.0])
    net = capture(Formula(weight, torch.zeros(2), torch.tensor([[0.0, 0], [1, 1]]), offset), 2)
    x, high = torch.zeros(2, dtype=torch.float64), torch.tensor([0.2, 2.0])
    found = net.counterfactual(x, bounds=(torch.zeros(2), high))
    assert found.point[0].tolist() == pytest.approx([0.2, 0.8], abs=1e-7)
    with pytest.raises(InputError, match="1 of its 2 values are outside"):
        net.counterfactual(x, bounds=(torch.tensor([0.1, 0.0]), high))
    with pytest.raises(InputError, match=r"tensors of shape \(2,\)"):
        net.counterfactual(x, bounds=(torch.zeros(3), 1))


def plane(seed: int) -> nn.Module:
    """Two hidden layers on the plane, three classes, dozens of regions in the unit square."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = nn.Sequential(
            nn.Linear(2, 12), nn.ReLU(), nn.Linear(12, 12), nn.LeakyReLU(0.1), nn.Linear(12, 3)
        ).double()
        with torch.no_grad():
            for layer in model:
                if isinstance(layer, nn.Linear):
                    layer.weight.normal_(0, 1)
                    layer.bias.uniform_(-0.5, 0.5)
            middle = model(torch.full((1, 2), 0.5).double())
            model[-1].bias -= middle[0]
    return model


STEPS = 400


def grid() -> Tensor:
    line = torch.linspace(0, 1, STEPS + 1, dtype=torch.float64)
    return torch.cartesian_prod(line, line)


@pytest.mark.long
@pytest.mark.parametrize("norm", NORMS)
def test_hardly_ever_lies_something_nearer_on_a_dense_grid(norm: float) -> None:
    """The search promises no global minimum: one search in 20 may end farther, by 2 % at most.

    The settings were found on seeds below 10. Among 10 to 15, seed 11 has one in l2 that ends 0.5 % farther.
    """
    ratios: list[float] = []
    for seed in range(10, 16):
        model = plane(seed)
        net = capture(model, 2)
        with torch.no_grad():
            classes = model(grid()).argmax(1)
        for x in torch.rand((3, 2), generator=torch.Generator().manual_seed(seed), dtype=torch.float64):
            with torch.no_grad():
                label = int(model(x[None]).argmax())
            far = torch.linalg.vector_norm(grid() - x, norm, dim=1)
            for target in (None, *range(3)):
                wanted = classes != label if target is None else classes == target
                if target == label or not bool(wanted.any()):
                    continue
                found = net.counterfactual(x, target, norm, regions=3)
                with torch.no_grad():
                    reached = int(model(found.point).argmax())
                assert reached == found.target != label
                assert target is None or reached == target
                assert found.distance == pytest.approx(
                    float(torch.linalg.vector_norm(found.point[0] - x, norm)), rel=1e-12
                )
                ratios.append(found.distance / (float(far[wanted].min()) * (1 + 1e-5) + 1e-8))
    assert len(ratios) > 30
    assert sum(ratio > 1 for ratio in ratios) <= len(ratios) / 20
    assert max(ratios) <= 1.02


@pytest.mark.parametrize("norm", NORMS)
def test_the_walk_names_the_regions_of_its_points(norm: float) -> None:
    model = plane(1)
    net = capture(model, 2)
    x = torch.tensor([[0.1, 0.9]], dtype=torch.float64)
    found = net.counterfactual(x, norm=norm)
    assert found.region_ids == net.linearize(found.path).region_ids
    assert torch.equal(found.path[:1], x)
    assert all(a != b for a, b in zip(found.region_ids, found.region_ids[1:], strict=False))
    with torch.no_grad():
        assert torch.equal(found.logits, model(found.point))


@pytest.mark.parametrize("norm", NORMS)
def test_certified_means_that_no_point_of_the_last_region_is_nearer(norm: float) -> None:
    """Dense points of the plane that share the last region, found with hooks on the modules."""
    checked = 0
    for seed in range(4):
        model = plane(seed)
        x = torch.tensor([[0.4, 0.6]], dtype=torch.float64)
        found = capture(model, 2).counterfactual(x, norm=norm)
        width = 0.02 * found.distance
        near = found.path[-1] + width * (2 * grid() - 1)
        near = near[((near >= 0) & (near <= 1)).all(1)]
        here = (signs(model, near) == signs(model, found.path[-1:])).all(1)
        with torch.no_grad():
            there = model(near).argmax(1) != found.original
        far = torch.linalg.vector_norm(near - x, norm, dim=1)[here & there]
        checked += len(far) if found.certified else 0
        assert not found.certified or not len(far) or float(far.min()) >= found.distance * (1 - 2e-6)
    assert checked > 1000


@pytest.mark.parametrize("norm", NORMS)
def test_what_is_broken_off_is_not_certified(norm: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Class 1 where relu(x) > 1: of the region x > 0, y > 0.5 a corner is nearest to (0.2, -0.7)."""
    offset = torch.tensor([0.0, -1.0])
    net = capture(
        Formula(torch.eye(2), torch.tensor([0.0, -0.5]), torch.tensor([[0.0, 0], [1, 0]]), offset), 2
    )
    specification = Specification(net.view(), 0, None, 1e-9)
    x, start = torch.tensor([[0.2, -0.7], [3.0, 2.0]], dtype=torch.float64)
    domain = Domain(x, torch.full_like(x, -math.inf), torch.full_like(x, math.inf), norm)

    def search() -> Reached:
        region = relaxation.relax(specification, start)
        return relaxation.nearest_in_region(region, domain, *specification.around(start, 1), start)

    nearest = search()
    assert nearest.certified
    assert nearest.distance == pytest.approx(1.2 if math.isinf(norm) else math.hypot(0.8, 1.2), rel=1e-6)
    monkeypatch.setattr(relaxation, "_ROUNDS", 1)
    found = search()
    assert not found.certified
    assert found.distance > 1.01 * nearest.distance


def signs(model: nn.Module, points: Tensor) -> Tensor:
    seen: list[Tensor] = []

    def note(_: nn.Module, args: tuple[Tensor, ...]) -> None:
        seen.append(args[0] > 0)

    hooks = [
        m.register_forward_pre_hook(note) for m in model.modules() if isinstance(m, nn.ReLU | nn.LeakyReLU)
    ]
    try:
        with torch.no_grad():
            model(points)
    finally:
        for hook in hooks:
            hook.remove()
    return torch.cat(seen, 1)


TIED = ("cnn", "overlapping pool", "duplicated channels", "no gate at all")


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("name", TIED)
@pytest.mark.parametrize("level", [0.0, 0.5])
def test_flat_images_full_of_ties(name: str, norm: float, level: float) -> None:
    model, net = opened(name)
    model = net.view().original
    x = torch.full((1, *net.input_shape), level, dtype=torch.float64)
    try:
        found = net.counterfactual(x, norm=norm, starts=2, regions=2)
    except CounterfactualNotFoundError:
        samples = torch.rand((4000, *net.input_shape), dtype=torch.float64)
        assert bool((model(samples).argmax(1) == model(x).argmax(1)).all())
        return
    assert 0 <= float(found.point.min()) <= float(found.point.max()) <= 1
    assert int(model(found.point).argmax()) == found.target != int(model(x).argmax())


def test_a_tie_of_two_classes_is_left_by_a_hair() -> None:
    weight = torch.tensor([[1.0, 0], [0, 1]])
    net = capture(Formula(weight, torch.zeros(2), torch.eye(2), torch.zeros(2)), 2)
    found = net.counterfactual(torch.tensor([0.5, 0.5], dtype=torch.float64))
    assert (found.original, found.target) == (0, 1)
    assert 0 < found.distance < 1e-8


def test_what_cannot_be_found_is_said() -> None:
    constant = capture(Formula(torch.zeros(2, 3), torch.ones(2), torch.ones(2, 2), torch.tensor([1.0, 0])), 3)
    with pytest.raises(CounterfactualNotFoundError, match="found no point of a class other than 0 within"):
        constant.counterfactual(torch.zeros(3, dtype=torch.float64))
    zero = capture(Formula(torch.zeros(2, 3), torch.zeros(2), torch.zeros(2, 2), torch.zeros(2)), 3)
    with pytest.raises(CounterfactualNotFoundError):
        zero.counterfactual(torch.zeros(3, dtype=torch.float64), bounds=None)
    with pytest.raises(CounterfactualNotFoundError, match=r"bounds=\(-0.4, 0.4\)"):
        abs_net().counterfactual(torch.zeros(1, dtype=torch.float64), bounds=(-0.4, 0.4))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"bounds": (0.5, 1)}, "x reaches from 0 to 0, and 1 of its 1 values are outside bounds"),
        ({"bounds": (1, 0)}, "low must be below high"),
        ({"target": 0}, "is of class 0 already"),
        ({"target": 7}, "class 7 does not exist"),
        ({"norm": 1}, "norm is 1; pass 2"),
        ({"starts": 0}, "starts is 0"),
        ({"regions": -1}, "regions is -1"),
    ],
)
def test_mistakes_are_said(options: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        abs_net().counterfactual(torch.zeros(1, dtype=torch.float64), **options)  # pyright: ignore[reportArgumentType]


def test_progress_is_told_falling_distances() -> None:
    told: list[float] = []
    x = torch.tensor([0.1, 0.9], dtype=torch.float64)
    found = capture(plane(1), 2).counterfactual(x, progress=told.append)
    assert told == sorted(told, reverse=True)
    assert told[-1] >= found.distance


def test_what_the_module_does_not_give_to_the_class_is_not_taken() -> None:
    model = plane(10)
    net, x = capture(model, 2), torch.tensor([0.3, 0.6], dtype=torch.float64)
    found = net.counterfactual(x)
    specification = Specification(net.view(), found.original, None, 1e-9)
    assert region_refinement._verified(specification, found.point[0])
    assert not region_refinement._verified(specification, x)
