"""The figures and drawings of the page How it works."""

import subprocess
import sys
from pathlib import Path

import pytest
from documents import ENVIRONMENT, ROOT, page, rows
from measured import measured

HOW = page("docs/how-it-works.md")
NETWORKS = {
    "digits cnn": "digits-cnn", "MNIST mlp": "mnist-mlp", "MNIST cnn (worst of 3 seeds)": "mnist-cnn",
    "CIFAR-10 cnn (worst of 3 seeds)": "cifar10-cnn", "CIFAR-10 resnet20": "cifar10-resnet20",
}  # fmt: skip


def test_the_table_of_exactness_is_the_measured_one() -> None:
    table = rows(HOW, "## How exact")
    assert [name for name, *_ in table] == list(NETWORKS)
    for name, *figures in table:
        for place, figure in zip(
            ("float64 image", "float64 inside", "float32 image", "float32 inside"), figures, strict=True
        ):
            errors = [
                float(value)
                for key, value in measured().items()
                if key.startswith(f"{NETWORKS[name]}-seed") and key.endswith(place)
            ]
            assert figure == f"{max(errors):.1e}", (name, place)


def test_a_layer_as_a_matrix() -> None:
    size = 64 * 112**2 * 3 * 224**2 * 4
    assert f"{size / 1e9:.0f} GB in float32" in " ".join(HOW.split())


@pytest.mark.long
def test_the_drawings_are_drawn(tmp_path: Path) -> None:
    script = ROOT / "docs/drawings/draw.py"
    subprocess.run([sys.executable, str(script), str(tmp_path)], check=True, cwd=ROOT, env=ENVIRONMENT)
    drawn = {path.name for path in tmp_path.glob("*.svg")}
    assert drawn == {path.name for path in script.parent.glob("*.svg")}
    for name in drawn:
        assert f"](drawings/{name})" in HOW
