"""Importing does nothing but define names: no package of an explainer, no generator, no model."""

import json
import subprocess
import sys
from typing import Any

import pytest
from explainer_cases import NAMES

HEAVY = (
    "lime", "shap", "pytorch_grad_cam", "streamlit", "torchvision", "sklearn", "skimage", "matplotlib",
    "pandas", "PIL", "cv2", "numba", "safetensors", "pyarrow",
)  # fmt: skip


SCRIPT = """
import json, sys
def heavy():
    return [module for module in HEAVY if module in sys.modules]
import openbox
imported = {"openbox": heavy()}
import openbox.explainers
imported["openbox.explainers"] = heavy()

import random
import numpy as np, torch
from openbox.explainers import create
x = torch.rand(2, 1, 8, 8, generator=torch.Generator().manual_seed(0))
model = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3, padding=1), torch.nn.Flatten(), torch.nn.Linear(128, 10))
model.eval()
def state():
    return (np.random.get_state()[1].tobytes(), np.random.get_state()[2], torch.get_rng_state().tolist(),
            random.getstate(), np.geterr(), torch.get_num_threads(), torch.is_grad_enabled(),
            torch.get_default_dtype())
before = state()
changed = []
for name in NAMES:
    explainer = create(name, model, x)
    if state() != before:
        changed.append("create " + name)
    if name != "shap_partition":  # its first call compiles for ten seconds
        explainer.explain(x, 1)
    if state() != before:
        changed.append("explain " + name)
print(json.dumps({"imported": imported, "changed": changed, "then": heavy()}))
"""


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """What a fresh interpreter says: packages do things at their first import."""
    code = f"NAMES, HEAVY = {NAMES!r}, {HEAVY!r}\n{SCRIPT}"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("module", ["openbox", "openbox.explainers"])
def test_the_core_and_the_table_import_no_package_of_an_explainer(module: str, found: dict[str, Any]) -> None:
    assert found["imported"][module] == []
    assert {"lime", "shap", "pytorch_grad_cam"} <= set(found["then"]), "what was used is seen"


def test_the_first_use_of_a_package_leaves_the_process_alone(found: dict[str, Any]) -> None:
    assert found["changed"] == []
