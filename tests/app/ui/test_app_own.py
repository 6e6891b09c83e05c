"""The user's own model in the app: one more network of its data set, or one message; never from a link."""

import os
import sys

import own_models
import pytest
from explain import sentences
from PIL import Image
from reading import shown, start
from safetensors.torch import save_file
from streamlit.testing.v1 import AppTest
from thin import thin
from ui import options, own, words

from openbox.explainers.families import FAMILIES
from openbox.explainers.table import EXPLAINERS
from openbox.zoo import load
from openbox.zoo.own.models import load_model


@pytest.fixture(autouse=True)
def user_file(tmp_path, monkeypatch):
    own_models.place(tmp_path, monkeypatch)
    monkeypatch.setenv("OPENBOX_DATA", str(tmp_path))
    own._opened.clear()
    yield
    own._opened.clear()


def named(monkeypatch, *given: str, **query: str) -> AppTest:
    monkeypatch.setattr(sys, "argv", ["streamlit_app.py", *given])
    return start(**query)


def mine(model: str, data: str = "digits") -> tuple[str, ...]:
    return ("--model", f"user_models:{model}", "--data", data)


def test_it_is_chosen_by_default_and_opened_exactly(monkeypatch):
    app = named(monkeypatch, *mine("Net"))
    text = shown(app)
    assert not app.error
    assert app.selectbox(key="data").value == "digits"
    assert app.selectbox(key="network").value == "your model (user_models:Net)"
    assert "cnn, seed 0 (99.72 %)" in app.selectbox(key="network").options
    assert words.plain("user_models:Net, no weight file") in text
    assert "test accuracy is not known" in text
    assert "Σ w·x + b = " in text
    assert "R² = " in text
    assert "additivity gap" in text
    assert "makes no such claim" in text
    app.selectbox(key="network").set_value("cnn, seed 0 (99.72 %)").run()
    assert "user_models" not in shown(app)


def test_what_is_explained_is_the_users_model(monkeypatch):
    """Its answer on the page is the module's own."""
    app = named(monkeypatch, *mine("Net"), index="4", methods="OpenBox")
    logits = load_model("user_models:Net")(load("digits").batch(slice(4, 5)))[0]
    assert app.header[0].value.startswith(f"The network says “{int(logits.argmax())}”")
    assert f"= {words.number(float(logits.max()))} = logit of" in shown(app)


@pytest.mark.long
def test_all_methods_work_and_class_maps_say_why_not(monkeypatch):
    app = named(monkeypatch, *mine("linear"))
    app.multiselect(key="methods").set_value(list(EXPLAINERS)).run()
    refused = [error.value for error in app.error]
    assert len(refused) == 6
    assert all("need a convolutional network" in said for said in refused)
    assert shown(app).count("model calls") == len(EXPLAINERS) - 6 + 1  # and the glossary


@pytest.mark.parametrize("family", thin(FAMILIES, lambda place, _: place == 0))
def test_a_family_is_added_as_a_whole(monkeypatch, family):
    app = named(monkeypatch, *mine("Net"), methods="Random")
    members = {name for name, entry in EXPLAINERS.items() if entry.family == family}
    app.session_state["methods"] = ["random"]
    app.button(key=f"add {family}").click().run()
    assert set(app.multiselect(key="methods").value) == members | {"random"}
    assert FAMILIES[family].claim in shown(app)


def test_weights_are_loaded_and_a_new_file_is_another_model(tmp_path, monkeypatch):
    state = load_model("user_models:Net").state_dict()
    given = (*mine("Net"), "--weights", "w.safetensors")
    assert "there is no such file" in named(monkeypatch, *given).error[0].value.replace("\\", "")
    answers = []
    for turn, winner in enumerate((3, 8)):
        bias = state["head.bias"] * 0
        bias[winner] = 1000.0
        save_file(state | {"head.bias": bias}, tmp_path / "w.safetensors")
        os.utime(tmp_path / "w.safetensors", (turn, turn))
        app = named(monkeypatch, *given, methods="OpenBox")
        assert words.plain("weights from w.safetensors") in shown(app)
        answers.append(app.header[0].value.partition(". Wrong")[0])
    assert answers == ["The network says “3” (> 99.9 %)", "The network says “8” (> 99.9 %)"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (mine("Ned"), "user_models has no 'Ned'"),
        (mine("failing"), "failing() failed: OSError: no such disk"),
        (mine("three"), "user_models:three has 3 outputs, but Digits 8x8 has 10 classes"),
        (mine("Net", "mnist"), "pictures of MNIST have shape (1, 28, 28)"),
        (mine("wide"), "user_models:wide is torch.float64, the app works in float32"),
        (mine("Net", "letters"), "unknown data set 'letters'"),
        (mine("Net", "folder:nowhere"), "nothing readable under 'nowhere'"),
        (("--model", "user_models:Net"), "--model needs --data"),
        (("--data", "mnist"), "--data needs --model"),
        ((*mine("Net"), "--classes", "few.txt"), "few.txt names 2 classes, Digits 8x8 has 10"),
        ((*mine("Net"), "--classes", "none.txt"), "there is no such file"),
        ((*mine("Net"), "--classes", "twice.txt"), "holds 2 names, 1 of them different"),
        ((*mine("Net"), "--shape", "1,8,8"), "--shape is for the pictures of a folder"),
        ((*mine("Net", "pets"), "--shape", "2,8,8"), "expected 1 or 3 channels"),
        (mine("Net", "pets"), "the pictures of Folder pets have no labels; name the classes: --classes FILE"),
        ((*mine("Net", "pets"), "--classes", "few.txt"), "pictures of Folder pets have shape (3, 32, 32)"),
        (("--modle", "user_models:Net"), "unrecognized arguments: --modle"),
        (("--help",), "unrecognized arguments: --help"),
        ((*mine("Net"), "--weights"), "expected one argument"),
    ],
)
def test_what_cannot_be_shown_is_one_message_and_the_checkpoints_work(tmp_path, monkeypatch, given, said):
    (tmp_path / "few.txt").write_text("one\ntwo\n")
    (tmp_path / "twice.txt").write_text("one\none\n")
    (tmp_path / "pets").mkdir()
    Image.new("RGB", (40, 40), (200, 90, 30)).save(tmp_path / "pets" / "1.png")
    app = named(monkeypatch, *given, methods="OpenBox")
    text = shown(app)
    assert len(app.error) == 1
    assert words.plain(said) in app.error[0].value
    assert "your model" not in app.selectbox(key="network").options[0]
    assert "Σ w·x + b = " in text


def test_no_link_can_name_a_model(monkeypatch):
    app = named(monkeypatch, model="user_models:Net", weights="w.pt", data="digits",
                network="your model (user_models:Net)")  # fmt: skip
    assert "user_models" not in shown(app)
    assert not any("your model" in option for option in app.selectbox(key="network").options)
    assert "user_models" not in sys.modules
    app = named(monkeypatch, *mine("linear"), model="user_models:Net", network="your model (user_models:Net)")
    assert app.selectbox(key="network").value == "your model (user_models:linear)"


def test_a_failing_module_is_imported_once(tmp_path, monkeypatch):
    source = "with open('runs', 'a') as f: f.write('x')\nraise ValueError('broken')\n"
    own_models.place(tmp_path, monkeypatch, source, "broken_model")
    app = named(monkeypatch, "--model", "broken_model:Net", "--data", "digits", methods="OpenBox")
    app.run()
    assert "broken" in app.error[0].value
    assert (tmp_path / "runs").read_text() == "x"


def test_a_folder_of_pictures(tmp_path, monkeypatch):
    for name in ("cats", "dogs"):
        (tmp_path / "pets" / "test" / name).mkdir(parents=True)
        Image.new("RGB", (40, 40), (200, 90, 30)).save(tmp_path / "pets" / "test" / name / "1.png")
    source = "from torch import nn\ndef net():\n    return nn.Sequential(nn.Conv2d(3, 2, 32), nn.Flatten())\n"
    own_models.place(tmp_path, monkeypatch, source, "pet_model")
    app = named(monkeypatch, "--model", "pet_model:net", "--data", "folder:pets", methods="OpenBox")
    assert "Σ w·x + b = " in shown(app)
    assert not app.error
    assert app.selectbox(key="data").value == "folder:pets"
    assert app.subheader[0].value in ("Why “cats”?", "Why “dogs”?")
    assert app.selectbox(key="data").options[-1] == "Folder pets"


def test_pictures_without_labels_and_names_of_classes_of_ones_own(tmp_path, monkeypatch):
    (tmp_path / "pets").mkdir()
    for number, colour in enumerate(((200, 90, 30), (20, 90, 230))):
        Image.new("RGB", (40, 60), colour).save(tmp_path / "pets" / f"{number}.png")
    (tmp_path / "names.txt").write_text("cat\n\ndog \n")
    source = "from torch import nn\ndef net():\n    return nn.Sequential(nn.Conv2d(1, 2, 12), nn.Flatten())\n"
    own_models.place(tmp_path, monkeypatch, source, "pet_model")
    given = ("--model", "pet_model:net", "--data", "pets", "--classes", "names.txt", "--shape", "1,12,12")
    app = named(monkeypatch, *given, methods="OpenBox")
    assert not app.error
    assert app.selectbox(key="sample").options == ["0.png", "1.png"]
    assert app.radio(key="image").options == ["your pictures", "upload", "draw"]
    assert "is not on this computer" not in shown(app)
    assert app.subheader[0].value in ("Why “cat”?", "Why “dog”?")
    assert "Σ w·x + b = " in shown(app)


def test_labels_go_by_the_names_of_the_classes(tmp_path, monkeypatch):
    for name in ("cats", "dogs"):
        (tmp_path / "pets" / name).mkdir(parents=True)
        Image.new("RGB", (40, 40), (200, 90, 30)).save(tmp_path / "pets" / name / "1.png")
    (tmp_path / "names.txt").write_text("dogs\nmice\ncats\n")
    source = (
        "from torch import nn\ndef net():\n    last = nn.Conv2d(3, 3, 32)\n    last.bias.data[1] = 99\n"
        "    return nn.Sequential(last, nn.Flatten())\n"
    )
    own_models.place(tmp_path, monkeypatch, source, "pet_model")
    given = ("--model", "pet_model:net", "--data", "pets", "--classes", "names.txt")
    app = named(monkeypatch, *given, methods="Random")
    assert not app.error
    assert app.header[0].value == "The network says “mice” (> 99.9 %). Wrong: it is labelled “cats”"
    app.number_input(key="index").set_value(1).run()
    assert app.header[0].value == "The network says “mice” (> 99.9 %). Wrong: it is labelled “dogs”"


def test_what_cannot_be_opened_is_still_explained_by_methods_that_only_ask(monkeypatch):
    app = named(monkeypatch, *mine("Smooth"))
    text = shown(app)
    assert "cannot be opened exactly" in app.warning[-1].value
    assert words.plain("cannot open aten.tanh.default") in app.warning[-1].value
    assert [error.value for error in app.error] == [sentences.NOT_OPENED]  # for OpenBox
    assert "R² = " in text
    assert "additivity gap" in text
    assert "makes no such claim" in text


def test_a_wrong_option_shows_how_to_write_them(monkeypatch):
    app = named(monkeypatch, "--modle", "user_models:Net", methods="OpenBox")
    assert "`streamlit run app -- --model package.module:factory" in app.error[0].value


def test_options():
    given = ["--model", "a:b", "--weights", "c.pt", "--data", "mnist", "--classes", "names.txt"]
    assert options.read(given) == options.OwnModel("a:b", "c.pt", "mnist", "names.txt")
    assert options.read([]) is None


def test_messages_are_shown_as_they_are():
    assert words.plain("a__b__ *c* [d](e)\nf") == r"a\_\_b\_\_ \*c\* \[d\]\(e\)" + "  \nf"


def test_a_head_is_said_once_and_all_maps_lie_before_or_after_it(monkeypatch):
    app = named(monkeypatch, *mine("probable"), methods="OpenBox")
    assert "This network ends in softmax: all maps explain the logits before it." in shown(app)
    assert "logit of “" in shown(app)
    app.toggle(key="after").set_value(True).run()
    assert "All maps explain what comes after the network's final softmax" in shown(app)
    plain = named(monkeypatch, *mine("Net"), methods="Random")
    assert "softmax" not in shown(plain)
    assert not [toggle for toggle in plain.toggle if toggle.key == "after"]
