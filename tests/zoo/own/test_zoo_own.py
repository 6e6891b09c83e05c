"""Your own model by name: built as it is, filled with exactly its weights, one message a mistake."""

import io
import os
import pickle
import sys
from pathlib import Path

import own_models
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from openbox.errors import ModelError
from openbox.zoo.own.models import load_model


@pytest.fixture(autouse=True)
def user_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own_models.place(tmp_path, monkeypatch)


def net(seed: int = 0) -> nn.Module:
    import user_models  # pyright: ignore[reportMissingImports]  # in the current folder

    return user_models.Net(seed)


def message(factory: str, weights: Path | None = None) -> str:
    with pytest.raises(ModelError) as caught:
        load_model(factory, weights)
    text = str(caught.value)
    assert "\n" not in text
    return text


@pytest.mark.parametrize("name", ["build", "Net", "ready", "Zoo.net", "wide", "linear"])
def test_it_is_built_in_eval_mode_and_frozen(name: str) -> None:
    model = load_model(f"user_models:{name}")
    assert not any(module.training for module in model.modules())
    parameters = list(model.parameters())
    assert parameters
    assert not any(parameter.requires_grad for parameter in parameters)
    assert {p.dtype for p in parameters} == {torch.float64 if name == "wide" else torch.float32}


def test_the_current_folder_is_importable_and_stays_so(tmp_path: Path) -> None:
    assert str(tmp_path) not in sys.path
    load_model("user_models:Net")
    assert sys.path[0] == str(tmp_path) == os.getcwd()
    load_model("user_models:Net")
    assert sys.path.count(str(tmp_path)) == 1


def test_a_model_of_torchvision() -> None:
    assert type(load_model("torchvision.models:resnet18")).__name__ == "ResNet"


def wrapped(state: dict[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {prefix + key: value for key, value in state.items()}


@pytest.mark.parametrize("name", ["w.safetensors", "w.pt", "w.pth", "w.bin"])
@pytest.mark.parametrize("prefix", ["", "module.", "_orig_mod.", "module._orig_mod.", "_orig_mod.module."])
def test_weights_arrive_bit_by_bit(tmp_path: Path, name: str, prefix: str) -> None:
    load_model("user_models:Net")
    wanted = net(seed=5).state_dict()
    state = wrapped(wanted, prefix)
    (save_file if name.endswith("safetensors") else torch.save)(state, tmp_path / name)
    found = load_model("user_models:Net", tmp_path / name).state_dict()
    assert found.keys() == wanted.keys()
    assert all(torch.equal(found[key], wanted[key]) for key in wanted)
    assert not torch.equal(wanted["conv.weight"], net(seed=0).state_dict()["conv.weight"])


@pytest.mark.parametrize("key", ["state_dict", "model", "model_state_dict"])
def test_a_training_checkpoint_holds_the_weights_inside(tmp_path: Path, key: str) -> None:
    load_model("user_models:Net")
    wanted = net(seed=5)
    optimizer = torch.optim.SGD(wanted.parameters(), 0.1).state_dict()
    torch.save({"epoch": 3, key: wanted.state_dict(), "optimizer": optimizer}, tmp_path / "c.pt")
    assert torch.equal(load_model("user_models:Net", tmp_path / "c.pt").get_parameter("conv.weight"),
                       wanted.get_parameter("conv.weight"))  # fmt: skip


def test_a_prefix_that_the_model_has_itself_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own_models.place(
        tmp_path, monkeypatch, "from torch import nn\ndef build(): return nn.DataParallel(nn.Linear(2, 2))\n",
        "wrapped_model",
    )  # fmt: skip
    wanted = nn.DataParallel(nn.Linear(2, 2)).state_dict()
    torch.save(wanted, tmp_path / "w.pt")
    found = load_model("wrapped_model:build", tmp_path / "w.pt").state_dict()
    assert torch.equal(found["module.weight"], wanted["module.weight"])


@pytest.mark.parametrize(
    ("factory", "parts"),
    [
        ("user_models", ["expected package.module:factory"]),
        ("user_models:", ["expected package.module:factory"]),
        (":build", ["expected package.module:factory"]),
        ("nowhere:build", ["there is no module 'nowhere'", "start in the folder"]),
        ("torch.nowhere:build", ["there is no module 'torch.nowhere'"]),
        ("user_models.py:Net", ["there is no module", "without .py"]),
        ("folder/user_models:Net", ["there is no module", "dots for folders"]),
        ("user_models:Ned", ["user_models has no 'Ned'", "it has Net"]),
        ("user_models:zzz", ["user_models has no 'zzz'", "Net", "Smooth", "ready"]),
        ("user_models:Zoo.zzz", ["user_models.Zoo has no 'zzz'", "it has net"]),
        ("user_models:number.zzz", ["user_models.number has no 'zzz'"]),
        ("user_models:number", ["number is of type int, expected a function, a class or an nn.Module"]),
        ("user_models:Sized", ["Sized needs arguments (inputs)", "def build(): return Sized(...)"]),
        ("user_models:failing", ["failing() failed: OSError: no such disk", 'user_models.py", line ']),
        ("user_models:leaving", ["leaving() failed: SystemExit: 3"]),
        ("user_models:lazy", ["lazy gave lazy layers, which have no weights yet"]),
        ("user_models:nothing", ["nothing gave something of type dict, expected a torch.nn.Module"]),
    ],
)
def test_a_wrong_name_is_one_message(factory: str, parts: list[str]) -> None:
    text = message(factory)
    assert text.startswith(f"load_model({factory!r}): ")
    for part in parts:
        assert part in text


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import not_installed_anywhere", "ModuleNotFoundError: No module named 'not_installed_anywhere'"),
        ("from torch import no_such_name", "ImportError: cannot import name 'no_such_name'"),
        ("1 / 0", 'ZeroDivisionError: division by zero ("{file}", line 1)'),
        ("def", "SyntaxError"),
        ("import sys; sys.exit(4)", "SystemExit: 4"),
    ],
)
def test_a_module_that_fails_inside_is_not_a_missing_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, said: str
) -> None:
    own_models.place(tmp_path, monkeypatch, source, "broken_model")
    text = message("broken_model:Net")
    assert "importing broken_model failed: " in text
    assert said.format(file=tmp_path / "broken_model.py") in text
    assert "there is no module" not in text


class Touch:
    """A pickle that would write a file when it is loaded."""

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (Path("executed"),))


def pickled(value: object) -> bytes:
    buffer = io.BytesIO()
    torch.save(value, buffer)
    return buffer.getvalue()


GOOD = pickled(nn.Linear(50, 50).state_dict())


@pytest.mark.parametrize(
    ("name", "data", "parts"),
    [
        ("w.onnx", b"x", ["the suffix is '.onnx', expected .safetensors, .pt"]),
        ("w.safetensors", b"not weights at all", ["not a readable safetensors file"]),
        ("w.safetensors", b"", ["not a readable safetensors file"]),
        ("w.pt", b"", ["damaged"]),
        ("w.pt", b"not weights at all" * 20, ["damaged"]),
        ("w.pt", GOOD[:500], ["damaged"]),
        ("w.pt", GOOD[:-500], ["damaged"]),
        (
            "w.pt",
            pickled(nn.Linear(2, 2)),
            ["refused", "torch.nn.modules.linear.Linear", "model.state_dict()"],
        ),
        ("w.pt", pickled({"state_dict": Touch()}), ["refused", "run any code"]),
        ("w.bin", pickle.dumps(Touch(), protocol=2), ["refused", "run any code"]),
        ("w.pt", pickled([torch.zeros(2)]), ["holds a list, expected a state dict"]),
        ("w.pt", pickled({"epoch": 3, "net": {}}), ["epoch, net are no tensors", "model_state_dict"]),
    ],
)
def test_a_bad_weight_file_is_one_message(tmp_path: Path, name: str, data: bytes, parts: list[str]) -> None:
    (tmp_path / name).write_bytes(data)
    text = message("user_models:Net", tmp_path / name)
    assert text.startswith(f"weights {str(tmp_path / name)!r}: ")
    for part in parts:
        assert part in text
    assert not (tmp_path / "executed").exists()


def test_a_missing_weight_file(tmp_path: Path) -> None:
    assert "there is no such file" in message("user_models:Net", tmp_path / "w.pt")
    (tmp_path / "folder.pt").mkdir()
    assert "that is no file" in message("user_models:Net", tmp_path / "folder.pt")


def test_weights_that_do_not_fit_are_named(tmp_path: Path) -> None:
    load_model("user_models:Net")
    state = net().state_dict()
    del state["conv.bias"]
    state["head.weight"] = torch.zeros(3, 64)
    state |= {f"extra{k}": torch.zeros(1) for k in range(9)}
    save_file(state, tmp_path / "w.safetensors")
    text = message("user_models:Net", tmp_path / "w.safetensors")
    assert "does not fit Net" in text
    assert "1 missing (conv.bias)" in text
    assert "9 unexpected (extra0, extra1, extra2, extra3, ...)" in text
    assert "1 of another shape (head.weight (3, 64) for (10, 64))" in text


@pytest.mark.parametrize("change", ["missing", "unexpected"])
def test_one_key_too_few_or_too_many_is_enough(tmp_path: Path, change: str) -> None:
    load_model("user_models:Net")
    state = net().state_dict()
    if change == "missing":
        del state["conv.bias"]
    else:
        state["conv.more"] = torch.zeros(1)
    torch.save(state, tmp_path / "w.pt")
    assert f"1 {change} (conv." in message("user_models:Net", tmp_path / "w.pt")


def test_weights_of_a_diverged_training_are_refused(tmp_path: Path) -> None:
    load_model("user_models:Net")
    state = net().state_dict()
    state["conv.bias"][1] = float("nan")
    torch.save(state, tmp_path / "w.pt")
    assert "conv.bias hold NaN" in message("user_models:Net", tmp_path / "w.pt")
