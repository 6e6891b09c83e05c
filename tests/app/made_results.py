"""A folder of results as the harness writes it, with made-up values: what the Leaderboard page reads."""

import csv
import json
from itertools import product
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from openbox.explainers.table import EXPLAINERS
from openbox.zoo.checkpoints import read_card
from openbox.zoo.data import load

SEED, REFERENCES, IMAGES = 3, 64, 40
NETWORKS = {"digits": (0,), "mnist": (0, 1)}
FILLS = ("zero", "noise")
QUALITY = dict(zip(EXPLAINERS, np.linspace(9, 5, len(EXPLAINERS)), strict=True)) | {
    "random": 0.0,
    "edges": 2.0,
}
FAILED = "RuntimeError: out of patience"
STAMP = {"device": "cpu (made up)", "dtype": "float32", "torch": "2.15.0", "git_sha": "0123456789abcdef"}
DATE = "2026-11-20T12:00:00+00:00"
CONDITIONS = [
    *((("flip", "abpc", "", fill, "logit"), 1.0) for fill in FILLS),
    *((("flip", "morf", "morf", fill, "logit"), -0.4) for fill in FILLS),
    *((("flip", "lerf", "lerf", fill, "logit"), 0.6) for fill in FILLS),
    (("shift", "cosine", "", "", ""), 0.1),
    (("sparsity", "gini", "", "", ""), None),
]

METRICS = [
    {
        "metric": "flip.abpc",
        "title": "area between the curves",
        "better": "higher",
        "unit": "",
        "summary": "-",
    },
    {
        "metric": "sparsity.gini",
        "title": "Gini index",
        "better": "",
        "unit": "",
        "summary": "how sharp it is",
    },
]


def images(count: int = 360) -> np.ndarray:
    """The positions of the study's images: the first of its shuffle of the digits."""
    return np.random.default_rng(SEED).permutation(count)[:IMAGES]


def value(image: int, model_seed: int, method: str, slope: float | None) -> float:
    """What an image is made to have: a function of its position, so that tests know the worst one."""
    base = QUALITY[method] * (0.03 if slope is None else slope)
    return float(base + np.sin(1.0 + image) + 0.1 * model_seed)


def write(parent: Path, study: str = "quick") -> Path:
    """Write leaderboard, curves, rows and the run's card; the second image of LIME failed."""
    folder = parent / study
    folder.mkdir(parents=True)
    card = {"run_id": f"{study}-1", "config_sha": "1", "target": "predicted", "rows": []}
    card["study"] = {"name": study, "seed": SEED, "references": REFERENCES}
    (folder / "run.json").write_text(json.dumps(card))
    rows = [row for data, seeds in NETWORKS.items() for seed in seeds for row in _rows(data, seed)]
    pyarrow.parquet.write_table(pa.Table.from_pylist(rows), folder / "rows.parquet")
    _write_csv(folder / "metrics.csv", METRICS)
    _write_csv(folder / "leaderboard.csv", [entry for cell in _cells() for entry in _standings(*cell)])
    _write_csv(folder / "curves.csv", [point for cell in _cells() for point in _points(*cell)])
    return folder


def _cells():
    for data, seeds in NETWORKS.items():
        names = [*map(str, seeds), *(["all"] if len(seeds) > 1 else [])]
        yield from ((data, name, *condition) for name, condition in product(names, CONDITIONS))


def _rows(data: str, model_seed: int) -> list[dict[str, object]]:
    card = read_card(f"{data}-cnn-seed{model_seed}")
    rows = []
    labels = load("digits").labels
    for method, image in product(EXPLAINERS, map(int, images())):
        label = int(labels[image])
        row = {
            "dataset": data, "model": "cnn", "model_seed": model_seed, "weights_sha": card.sha256,
            "test_accuracy": card.test_accuracy, "method": method, "params": "{}", "explainer_seed": 0,
            "image": image, "label": label, "target": label, "degenerate": False, **STAMP,
            "timestamp": DATE,
        }  # fmt: skip
        failed = method == "lime" and image == images()[1]
        for (score, metric, order, fill, space), slope in CONDITIONS:
            where = {"score": score, "order": order, "fill": fill, "score_space": space}
            if failed:
                where |= {"order": "", "fill": "", "score_space": ""}
                rows.append(row | where | {"metric": "", "value": None, "error": FAILED})
            else:
                number = value(image, model_seed, method, slope)
                rows.append(row | where | {"metric": metric, "value": number, "error": ""})
    return rows


def _standings(data: str, seed: str, condition: tuple[str, ...], slope: float | None) -> list[dict]:
    score, metric, order, fill, space = condition
    seeds = NETWORKS[data] if seed == "all" else (int(seed),)
    means = {m: np.mean([value(i, s, m, slope) for i in images() for s in seeds]) for m in QUALITY}
    better = 0 if slope is None else -1 if slope > 0 else 1  # no direction, higher, lower
    ranked = sorted(means, key=lambda m: better * means[m])
    entries = []
    for k, method in enumerate(ranked):
        mean, failed = means[method], method == "lime"
        entries.append(
            {
                "run_id": "quick-1", "config_sha": "1", "git_sha": STAMP["git_sha"], "dataset": data,
                "n_images": IMAGES, "model": "cnn", "model_seed": seed, "weights_sha": "see rows",
                "test_accuracy": 0.99, "method": method, "params": "{}", "explainer_seed": "0",
                "target": "predicted", "score_space": space, "metric": f"{score}.{metric}", "order": order,
                "fill": fill, "value": mean, "ci_low": mean - 0.21, "ci_high": mean + 0.24,
                "n_ok": IMAGES - failed, "n_failed": int(failed), "n_degenerate": 0,
                "rank": k + 1 if better else "", "tie_group": (k + 2) // 2 if better else "",
                "p_vs_best": 0.4 * 10.0 ** (-2 * k) if k and better else "",
                "first_share": (0.9, 0.1, *[0.0] * len(EXPLAINERS))[k] if better else "",
                "seconds_per_image": 0.002 * 4 ** min(k, 13), "model_calls_per_image": 2 * 3 ** min(k, 13),
                "peak_memory_mb": 12.5, "device": STAMP["device"], "dtype": "float32", "torch": "2.15.0",
                "timestamp": DATE,
            }
        )  # fmt: skip
    return entries


def _points(data: str, seed: str, condition: tuple[str, ...], slope: float | None) -> list[dict]:
    score, metric, order, fill, space = condition
    if not order:
        return []
    points = []
    for method, x in product(QUALITY, np.linspace(0, 1, 17)):
        power = 1 / (1 + 0.4 * QUALITY[method]) if order == "morf" else 1 + 0.4 * QUALITY[method]
        mean = 12 * (1 - x**power)
        points.append(
            {
                "dataset": data, "model": "cnn", "model_seed": seed, "metric": f"{score}.{metric}",
                "order": order, "fill": fill, "score_space": space, "method": method, "x": x, "value": mean,
                "ci_low": mean - 0.4, "ci_high": mean + 0.4,
            }
        )  # fmt: skip
    return points


def _write_csv(path: Path, entries: list[dict]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, entries[0].keys())
        writer.writeheader()
        writer.writerows(entries)
