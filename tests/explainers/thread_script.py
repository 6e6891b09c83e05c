"""8 threads explain with one cached model; every map must equal the one of a single thread, bit by bit.

    python tests/explainers/thread_script.py

A script of its own, because a race in native code ends the process. Exit code 1: a map differed.
"""

import sys
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import torch
from explainer_cases import digits, in_place_net, make, noise
from torch import Tensor, nn

from openbox.explainers import Contrast, Explainer, Explanation, Target
from openbox.zoo.checkpoints import load_checkpoint

THREADS = 8
SHARED = (
    "openbox", "gradcam", "decision_features", "lime", "shap", "shap_partition", "smoothgrad", "lrp",
    "expected_gradients", "guided_backprop", "deeplift", "pattern_net", "score_cam", "full_grad",
    "kernel_shap", "rise", "meaningful_perturbation",
)  # fmt: skip
OWN = ("openbox", "gradcam")  # also created by every other thread for itself, capture included
TARGETS: tuple[Target, ...] = (0, 7, None, Contrast(3, 8))
Map = tuple[Tensor, float, list[Tensor]]


def comparable(found: Explanation) -> Map:
    """Everything of an explanation but its seconds."""
    return found.values, found.model_calls, list(found.receipt.numbers.values())


def same(a: Map, b: Map) -> bool:
    """Equal bit by bit."""
    numbers = zip(a[2], b[2], strict=True)
    return torch.equal(a[0], b[0]) and a[1] == b[1] and all(torch.equal(p, q) for p, q in numbers)


def check(title: str, model: nn.Module, x: Tensor) -> tuple[int, list[str]]:
    """Compare 8 threads with one; returns the number of maps and a line for each that differs."""
    shared = {name: make(name, model, x) for name in SHARED}
    jobs = [(name, i, target) for name in SHARED for i in range(3) for target in TARGETS]
    expected = {
        (name, i, str(target)): comparable(shared[name].explain(x[i : i + 2], target))
        for name, i, target in jobs
    }
    before = {key: value.clone() for key, value in model.state_dict().items()}
    flags = [(p.requires_grad, p.grad is None) for p in model.parameters()]
    start = threading.Barrier(THREADS)

    def work(number: int) -> tuple[int, list[str]]:
        own: dict[str, Explainer] = {}
        start.wait()
        mine = [*jobs[number::THREADS], *(job for job in jobs[number % 2 :: 4] if job[0] in OWN)]
        wrong: list[str] = []
        for name, i, target in mine:
            explainers = [shared[name]]
            if name in OWN and number % 2:
                own[name] = own.get(name) or make(name, model, x)
                explainers.append(own[name])
            for explainer in explainers:
                found = comparable(explainer.explain(x[i : i + 2], target))
                if not same(found, expected[name, i, str(target)]):
                    wrong.append(f"{title}: {name}, image {i}, target {target}, thread {number}")
        return sum(1 + (name in OWN and number % 2) for name, _, _ in mine), wrong

    with ThreadPoolExecutor(THREADS) as pool:
        results = list(pool.map(work, range(THREADS)))
    wrong = [line for _, lines in results for line in lines]
    after = model.state_dict()
    if not all(torch.equal(after[key], value) for key, value in before.items()):
        wrong.append(f"{title}: the shared model's values changed")
    if flags != [(p.requires_grad, p.grad is None) for p in model.parameters()]:
        wrong.append(f"{title}: the shared model's flags changed")
    return sum(count for count, _ in results), wrong


def main() -> int:
    """Check a checkpoint and a network that writes in place."""
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    count, wrong = check("digits-cnn-seed0", load_checkpoint("digits-cnn-seed0").model, digits(0, 4))
    more, also = check("in-place", in_place_net(), noise(4, (3, 12, 12)))
    for line in wrong + also:
        print(line)
    print(f"{count + more} maps, {len(wrong + also)} wrong")
    return 1 if wrong or also or count + more < 160 else 0


if __name__ == "__main__":
    sys.exit(main())
