"""Importing does nothing but define names: no package of an explainer, no generator, no model."""

import json
import subprocess
import sys

import pytest
from explainer_cases import NAMES

HEAVY = (
    "lime", "shap", "pytorch_grad_cam", "streamlit", "torchvision", "sklearn", "skimage", "matplotlib",
    "pandas", "PIL", "cv2", "numba", "safetensors", "pyarrow",
)  # fmt: skip


def run(code: str) -> dict[str, object]:
    """What ``code`` prints last, as JSON, from a fresh interpreter."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("module", ["openbox", "openbox.explainers"])
def test_the_core_and_the_table_import_no_package_of_an_explainer(module: str) -> None:
    found = run(f"import {module}, json, sys; print(json.dumps({{m: m in sys.modules for m in {HEAVY!r}}}))")
    assert found == dict.fromkeys(HEAVY, False)


FIRST_USE = """
import json, random, sys
import numpy as np, torch, openbox
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
print(json.dumps({"changed": changed}))
"""


def test_the_first_use_of_a_package_leaves_the_process_alone() -> None:
    """In a fresh process, because packages do things at their first import."""
    assert run(f"NAMES = {NAMES!r}\n{FIRST_USE}") == {"changed": []}
