"""``python -m openbox``: what it prints and saves is the network, and a mistake is one message."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import own_models
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

import openbox
from openbox.__main__ import main
from openbox.program.program import Program
from openbox.zoo.own import command
from openbox.zoo.own.models import load_model

NET = ["--model", "user_models:Net", "--shape", "1,8,8"]


@pytest.fixture(autouse=True)
def user_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own_models.place(tmp_path, monkeypatch)


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(list(words)) == 2
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    return said.err


def table(text: str) -> list[tuple[int, float, float]]:
    rows = re.findall(r"^ +(\d+) +(-?\d\S*) +(-?\d\S*)$", text, re.MULTILINE)
    return [(int(k), float(left), float(right)) for k, left, right in rows]


def test_it_prints_what_the_network_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(NET) == 0
    text = capsys.readouterr().out
    model = load_model("user_models:Net").double()
    x = torch.rand((1, 1, 8, 8), generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    f = model(x)[0]
    assert "PiecewiseLinearNetwork(Net: (1, 8, 8) -> 10, " in text
    assert "2 gate layers" in text
    assert "weights: those that the factory gave" in text
    assert "outputs explained: all 10" in text
    assert "random input: uniform in [0, 1], seed 0" in text
    assert f"largest output {int(f.argmax())}" in text
    rows = table(text)
    assert [k for k, _, _ in rows] == list(range(10))
    assert torch.allclose(torch.tensor([right for _, _, right in rows], dtype=torch.float64), f, rtol=1e-11)
    assert torch.allclose(torch.tensor([left for _, left, _ in rows], dtype=torch.float64), f, rtol=1e-11)
    piece = openbox.capture(model, x).linearize(x)
    assert f"certificate error {float(piece.error):.1e}" in text
    assert f"region {piece.region_ids[0]}" in text
    assert f"ties {int(piece.degenerate)} " in text


def test_a_wrong_bias_would_be_seen(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The certificate is no formality: with a replay that is wrong it is not small."""
    replay = Program.replay
    monkeypatch.setattr(Program, "replay", lambda *given: replay(*given) + 1)
    assert main(NET) == 0
    error = re.search(r"certificate error (\S+)", capsys.readouterr().out)
    assert error is not None
    assert float(error[1]) > 0.1


@pytest.mark.parametrize(("dtype", "bound"), [("float64", 1e-14), ("float32", 1e-5)])
def test_the_precision_is_the_one_asked_for(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, dtype: str, bound: float
) -> None:
    assert main([*NET, "--dtype", dtype, "--save", "piece.npz"]) == 0
    text = capsys.readouterr().out
    assert f"torch.{dtype} rounds at" in text
    saved = np.load(tmp_path / "piece.npz")
    assert {array.dtype.name for name, array in saved.items() if name != "classes"} == {dtype}
    error = re.search(r"certificate error (\S+)", text)
    assert error is not None
    assert float(error[1]) < bound


def test_what_is_saved_is_the_affine_function(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    batch = np.random.default_rng(0).random((3, 1, 8, 8))
    np.save("batch.npy", batch)
    save_file({"x": torch.from_numpy(batch[0]), "other": torch.zeros(2)}, "one.safetensors")
    words = ["--input", "batch.npy", "one.safetensors", "--classes", "7,2", "--save", "piece.npz"]
    assert main([*NET, *words]) == 0
    text = capsys.readouterr().out
    assert "batch.npy: shape (3, 1, 8, 8), values from 0" in text
    assert "input 2" in text
    assert "outputs explained: 7, 2" in text
    assert "piece.npz: weight (4, 2, 1, 8, 8), bias (4, 2)" in text
    saved = np.load(tmp_path / "piece.npz")
    assert (saved["x"] == np.concatenate([batch, batch[:1]])).all()
    assert (saved["classes"] == [7, 2]).all()
    sums = (saved["weight"] * saved["x"][:, None]).reshape(4, 2, -1).sum(2) + saved["bias"]
    f = load_model("user_models:Net").double()(torch.from_numpy(saved["x"]))[:, [7, 2]].numpy()
    assert np.allclose(sums, f, rtol=1e-12, atol=1e-12)
    assert np.allclose(saved["logits"], f, rtol=1e-13, atol=1e-13)
    assert sorted(path.name for path in tmp_path.glob("piece*")) == ["piece.npz"]


def test_weights_are_those_of_the_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    load_model("user_models:Net")
    assert main(NET) == 0
    before = table(capsys.readouterr().out)
    import user_models  # pyright: ignore[reportMissingImports]  # in the current folder

    save_file(user_models.Net(seed=5).state_dict(), "w.safetensors")
    assert main([*NET, "--weights", "w.safetensors"]) == 0
    text = capsys.readouterr().out
    assert "weights: w.safetensors" in text
    assert table(text) != before


def test_of_many_outputs_the_largest_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--model", "torchvision.models:squeezenet1_1", "--shape", "3,64,64"]) == 0
    text = capsys.readouterr().out
    assert "the 5 largest of each input, out of 1000" in text
    rows = table(text)
    assert [right for _, _, right in rows] == sorted((right for _, _, right in rows), reverse=True)
    assert f"largest output {rows[0][0]}" in text


@pytest.mark.parametrize(
    ("mode", "size", "said"),
    [
        ("L", (8, 8), "8x8 L, grey with values"),
        ("RGB", (8, 8), "8x8 RGB, grey with values"),
        ("RGB", (16, 16), "16x16 RGB, resized to 8x8, grey"),
        ("RGB", (30, 16), "30x16 RGB, cut to its centre, resized to 8x8, grey"),
        ("RGBA", (8, 8), "8x8 RGBA, transparent parts on white, grey"),
    ],
)
def test_pictures_are_fitted_and_it_says_how(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, mode: str, size: tuple[int, int], said: str
) -> None:
    channels = len(mode)
    grey = np.full((*size[::-1], channels), 51, np.uint8)
    if mode == "RGBA":
        grey[..., 3] = 0
    Image.fromarray(grey.squeeze()).save("picture.png")
    assert main([*NET, "--input", "picture.png", "--save", "piece.npz"]) == 0
    assert f"picture.png: {said}" in capsys.readouterr().out
    x = np.load(tmp_path / "piece.npz")["x"]
    assert x.shape == (1, 1, 8, 8)
    assert np.allclose(x, 1.0 if mode == "RGBA" else 0.2)


def test_a_picture_lies_as_it_is_seen(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (4, 6, 3), dtype=np.uint8)
    Image.fromarray(pixels).save("picture.png")
    assert main(["--model", "torch.nn:ReLU", "--input", "picture.png", "--save", "p.npz"]) == 0
    assert (np.load(tmp_path / "p.npz")["x"][0] == pixels.transpose(2, 0, 1) / 255).all()


def test_the_shape_may_come_from_the_input(capsys: pytest.CaptureFixture[str]) -> None:
    np.save("one.npy", np.zeros((1, 8, 8), np.float32))
    assert main(["--model", "user_models:Net", "--input", "one.npy"]) == 0
    assert "(1, 8, 8) -> 10" in capsys.readouterr().out


def test_a_network_that_is_not_piecewise_linear_is_the_message_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--model", "user_models:Smooth", "--shape", "1,8,8"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("openbox.capture(Smooth): cannot open aten.tanh.default")
    assert len(said.err.splitlines()) == 3


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (["--model", "user_models:Net"], ["--shape or --input is needed"]),
        (["--model", "user_models:Ned", "--shape", "1,8,8"], ["has no 'Ned'"]),
        ([*NET, "--weights", "no.pt"], ["no.pt", "no such file"]),
        (
            [*NET[:2], "--shape", "1,9,8,8"],
            ["Net cannot run on an input of shape (1, 1, 9, 8, 8)", "without the"],
        ),
        ([*NET[:2], "--shape", "0,8,8"], ["sizes are 1 or more"]),
        (["--model", "user_models:Diverged", "--shape", "1,8,8"], ["NaN or infinite"]),
        ([*NET, "--classes", "10"], ["class 10 does not exist", "0 to 9"]),
        ([*NET, "--device", "cuda:99"], ["no device 'cuda:99' here"]),
        ([*NET, "--save", "piece.npy"], ["piece.npy", "ends in .npz"]),
        ([*NET, "--save", "nowhere/piece.npz"], ["a folder that exists"]),
        ([*NET, "--input", "nothing.png"], ["nothing.png", "no such file"]),
        ([*NET, "--input", "text.png"], ["not a picture, .npy or .safetensors"]),
        ([*NET, "--input", "cut.png"], ["a damaged picture"]),
        ([*NET, "--input", "deep.png"], ["more than 8 bits"]),
        ([*NET, "--input", "wide.npy"], ["shape (2, 9), expected (1, 8, 8) or (N, 1, 8, 8)"]),
        ([*NET, "--input", "nan.npy"], ["NaN"]),
        ([*NET, "--input", "objects.npy"], ["not a readable array of numbers"]),
        ([*NET, "--input", "words.npy"], ["expected real numbers"]),
        ([*NET, "--input", "bad.npy"], ["not a readable array"]),
        ([*NET, "--input", "two.safetensors"], ["expected one tensor, or one named 'x'"]),
        ([*NET, "--input", "bad.safetensors"], ["not a readable safetensors file"]),
        ([*NET[:2], "--input", "wide.npy", "nan.npy"], ["NaN"]),
        ([*NET[:2], "--input", "wide.npy", "good.npy"], ["different shapes"]),
        ([*NET[:2], "--shape", "64", "--input", "good.png"], ["a picture becomes (1 or 3, height, width)"]),
    ],
)
def test_a_mistake_is_one_message(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, words: list[str], parts: list[str]
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save("good.png")
    (tmp_path / "cut.png").write_bytes((tmp_path / "good.png").read_bytes()[:3000])
    (tmp_path / "text.png").write_text("I am a text file, renamed.")
    Image.fromarray(np.full((8, 8), 60000, np.uint16)).save("deep.png")
    np.save("good.npy", np.zeros((1, 8, 8)))
    np.save("wide.npy", np.zeros((2, 9)))
    np.save("nan.npy", np.full((1, 8, 8), np.nan))
    np.save("objects.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    np.save("words.npy", np.array(["a"]))
    (tmp_path / "bad.npy").write_text("no array")
    (tmp_path / "bad.safetensors").write_text("no tensors")
    save_file({"a": torch.zeros(1, 8, 8), "b": torch.zeros(1, 8, 8)}, "two.safetensors")
    text = refused(capsys, *words)
    for part in parts:
        assert part in text
    assert text.count("\n") == 1
    assert not list(tmp_path.glob("*.partial"))


def test_an_unknown_option_ends_with_two(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*NET, "--colour", "red"])
    assert ended.value.code == 2
    assert "--colour" in capsys.readouterr().err


def test_an_interrupt_ends_with_130(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "load_model", interrupt)
    assert main(NET) == 130
    assert capsys.readouterr().err == "interrupted\n"


@pytest.mark.parametrize(("words", "said"), [
    (["--output", "label"], "before its final softmax"), (["--output", "size"], "-> 1, "),
])  # fmt: skip
def test_one_of_several_outputs_is_opened(
    capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert main(["--model", "whole_networks:TwoHeads", "--shape", "3,4,4", *words]) == 0
    assert said in capsys.readouterr().out


@pytest.mark.parametrize("words", [[], ["--output", "3"], ["--output", "other"]])
def test_an_output_that_is_not_there_or_not_named(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert main(["--model", "whole_networks:TwoHeads", "--shape", "3,4,4", *words]) == 2
    assert "output can be 'label', 'size'" in capsys.readouterr().err


@pytest.mark.long
def test_it_runs_as_a_module_and_finds_a_file_of_the_current_folder(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "openbox", *NET]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "certificate error" in done.stdout
    words[words.index("user_models:Net")] = "user_models:failing"
    failed = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path)
    assert failed.returncode == 2
    assert failed.stderr.count("\n") == 1, failed.stderr
