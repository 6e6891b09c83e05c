"""``integrated_gradients``: the whole integral (Sundararajan, Taly, Yan, ICML 2017), without a quadrature."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from openbox.errors import InputError, named, shown
from openbox.explainers.exact.pieces import MODEL_CALLS, open_score
from openbox.explainers.explanation import Maps, Receipt
from openbox.network import PiecewiseLinearNetwork
from openbox.opening import capture
from openbox.shapes import check_batch

BASELINES = ("black", "mean")
AT_ONCE = 512  # pieces opened together; bounds the memory whatever the number of intervals
SEGMENT_CALLS = 2  # forward passes for each interval, to find it; those that check it are no part of a map


@dataclass(frozen=True)
class IntegratedSettings:
    """``baseline``: where the way to the image starts.

    "black", "mean" (of the reference images, the example batch given to ``create``; a batch of one means
    black), or an image (*input_shape) of one's own.
    """

    baseline: str | Tensor = "black"

    @named("integrated_gradients")
    def __post_init__(self) -> None:
        if not isinstance(self.baseline, Tensor) and self.baseline not in BASELINES:
            raise InputError(
                f"baseline is {shown(self.baseline)}; pass one of {BASELINES} or a "
                "torch.Tensor of the shape of one image"
            )


class IntegratedGradients:
    """``(x - z) * integral of W(z + t (x - z)) dt`` from 0 to 1, z the baseline (equation 1 of the paper).

    W is constant between the breakpoints of the way from z to x, and the segment knows them all: the integral
    is a finite sum, in float64. So the values add up to ``score(x) - score(z)`` but for rounding, as long as
    the network does not jump on the way. An image takes about four passes for each interval: hundreds of
    intervals for an MLP, thousands, and seconds, for a CNN of 28 x 28 pixels; minutes for one of 32 x 32 in
    colour, on one core.
    """

    def __init__(self, model: nn.Module, example: Tensor, seed: int, settings: IntegratedSettings) -> None:
        del seed  # exact: there is nothing to draw
        self.net = capture(model, example)
        self.baseline = _baseline(example, settings.baseline)

    def maps(self, x: Tensor, coefficients: Tensor) -> Maps:
        return integrated_maps(self.net, self.baseline, x, coefficients)


def integrated_maps(net: PiecewiseLinearNetwork, baseline: Tensor, x: Tensor, coefficients: Tensor) -> Maps:
    """The maps of a batch x (N, *input_shape), all on the way from one ``baseline`` (*input_shape)."""
    found = [_one(net, baseline, image, row) for image, row in zip(x, coefficients, strict=True)]
    values, numbers = (torch.stack(parts) for parts in zip(*found, strict=True))
    total, base, score, intervals = numbers.unbind(1)
    claim = "sum(values) + score of the baseline = score, up to the gap"
    receipt = Receipt(
        claim,
        {
            "sum": total, "base": base, "score": score, "gap": score - total - base,
            "intervals": intervals,
        },
    )  # fmt: skip
    calls = (SEGMENT_CALLS + MODEL_CALLS) * float(intervals.mean())
    return Maps(values.to(x), receipt, calls)


def _one(net: PiecewiseLinearNetwork, baseline: Tensor, image: Tensor, row: Tensor) -> tuple[Tensor, Tensor]:
    """The map of one image, and its sum, the scores of baseline and image, the number of intervals."""
    row = row.double()
    segment = net.segment(baseline, image)
    slope = torch.zeros_like(segment.a[0])
    middles, widths = segment.t[1:] / 2 + segment.t[:-1] / 2, segment.t.diff()
    for some, shares in zip(middles.split(AT_ONCE), widths.split(AT_ONCE), strict=True):
        piece = open_score(net, segment.points(some), row.expand(len(some), -1))
        slope += torch.tensordot(shares, piece.weight[:, 0], 1)
    values = slope * (segment.b - segment.a)[0]
    ends = net.original(torch.cat((segment.a, segment.b))) @ row
    count = values.new_tensor(len(widths))
    return values, torch.stack((values.sum(), ends[0], ends[1], count))


def _baseline(example: Tensor, wanted: str | Tensor) -> Tensor:
    if not isinstance(wanted, Tensor):
        return example.mean(0) if wanted == "mean" and len(example) > 1 else torch.zeros_like(example[0])
    check_batch(wanted[None], tuple(example.shape[1:]), example.device, "baseline")
    return wanted.detach().clone()
