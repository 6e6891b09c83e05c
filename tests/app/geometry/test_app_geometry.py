"""The Geometry page as Streamlit runs it, without a browser: walk, planes, messages, links."""

import re

import numpy as np
import own_models
import pytest
import torch
from geometry import computing, jobs, lit
from reading import shown, start
from streamlit.testing.v1 import AppTest
from ui import loading, own, sources
from work import layers

from openbox import capture
from openbox.zoo import load
from openbox.zoo.checkpoints import load_checkpoint


@pytest.fixture(scope="module", autouse=True)
def no_data(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENBOX_DATA", str(tmp_path_factory.mktemp("none")))
        yield


def geometry(**query: str) -> AppTest:
    return start("geometry", data="Digits 8x8", **query)


def found(app: AppTest, pattern: str) -> str:
    match = re.search(pattern, shown(app))
    assert match, f"{pattern} is not in {shown(app)}"
    return match[1]


def cell(app: AppTest) -> str:
    return found(app, r"Cell `(\w{8})`")


def fingerprint(app: AppTest) -> str:
    return found(app, r"Fingerprint of the weights of all classes: `(\w{8})`")


def test_it_shows_the_cells_the_walk_and_the_nearest_border():
    app = geometry()
    text = shown(app)
    assert not app.error
    assert "The cells between “" in text
    assert re.search(r"\*\*[\d,]+ cells\*\*, \d+ pieces of decision boundary, exact: the whole window", text)
    assert re.search(r"Largest error against the network itself: \de-1[4-6]", text)
    assert "**sampled**, not exact" in text
    assert re.search(r"Where this cell begins: .* (switches o|moves from)", text)
    assert re.search(r"(Channel|The maximum of window) .* (conv|pool)[12] .*, \*\*\S+\*\* away \(l2\)", text)
    assert re.search(r"[\d,]+ cells\. The decision changes: “\d” → “\d” at t = 0\.\d{4}", text)


def test_the_map_stays_inside_a_cell_and_jumps_at_the_crossing():
    app = geometry()
    first, map_ = cell(app), fingerprint(app)
    app.button(key="next").click().run()
    assert cell(app) != first
    other, t = fingerprint(app), app.session_state["t"]
    app.slider(key="t").set_value(t + 1e-9).run()
    assert app.session_state["t"] != t
    assert fingerprint(app) == other
    assert "The same bits as at the point before" in shown(app)
    app.button(key="previous").click().run()
    assert (cell(app), fingerprint(app)) == (first, map_)


def test_at_the_ends_of_the_walk_there_is_no_further_crossing():
    app = geometry(t="0.0")
    assert app.button(key="previous").disabled
    assert not app.button(key="next").disabled
    assert "The walk begins in this cell" in shown(app)
    app.slider(key="t").set_value(1.0).run()
    assert app.button(key="next").disabled


def test_the_walk_through_all_cells_meets_every_region_of_the_segment():
    """Crossing by crossing the page shows the regions that the library finds between the pictures."""
    app = geometry(t="0.3")
    x = load("digits").batch(slice(0, 2)).double()
    net = capture(load_checkpoint("digits-cnn-seed0").model, x[:1].float())
    segment = net.segment(x[0], x[1])
    number = int(segment.interval(torch.tensor([0.3]))[0])
    for step in range(4):
        assert cell(app) == segment.region_ids[number + step][:8]
        assert int(found(app, r"The point is in cell number (\d+)")) == number + step + 1
        app.button(key="next").click().run()


def test_the_map_is_the_gradient_of_the_plain_module():
    card = sources.catalogue().networks["digits"][0]
    x = load("digits").batch(slice(3, 4)).double().requires_grad_()
    model = load_checkpoint("digits-cnn-seed0").model.double()
    (gradient,) = torch.autograd.grad(model(x)[0, 7], x)
    np.testing.assert_allclose(computing.weights(card, x.detach())[7], gradient[0], atol=1e-12)


def test_the_plane_of_the_counterfactual():
    app = geometry(plane="its counterfactual and noise", norm="linf")
    text = shown(app)
    assert re.search(r"“1” becomes “\d” at a distance of \*\*0\.0\d+\*\* \(linf\)", text)
    assert "seed" in [widget.key for widget in app.number_input]
    assert not app.error
    before = found(app, r"\*\*([\d,]+) cells\*\*")
    app.number_input(key="seed").set_value(5).run()
    assert found(app, r"\*\*([\d,]+) cells\*\*") != before


def test_the_counterfactual_is_found_on_request():
    app = geometry()
    assert "becomes" not in shown(app)
    app.button(key="counterfactual").click().run()
    text = shown(app)
    assert re.search(r"“1” becomes “\d” at a distance of \*\*0\.\d+\*\* \(l2\)", text)
    assert "Difference" in text


def test_zoom_and_budget():
    app = geometry(zoom="0.25x", budget2000="100")
    text = shown(app)
    assert "**100 cells**" in text
    assert "the budget of 100 cells is spent" in text
    app.select_slider(key="zoom").set_value(256.0).run()
    assert "exact: the whole window" in shown(app)


def test_a_rise_towards_c_and_contributions_of_a_class():
    app = geometry(rise="0.5", of="3", map="contributions w·x")
    assert "Map of “3”" in shown(app)
    assert app.slider(key="rise").value == 0.5


def test_a_link_restores_the_point():
    assert geometry(t="0.25").slider(key="t").value == 0.25


@pytest.mark.parametrize(
    "query",
    [
        {"t": "seven", "rise": "2", "plane": "nonsense", "of": "12", "indexB": "99999"},
        *(
            pytest.param(query, marks=pytest.mark.long)
            for query in (
                {"t": "seven"}, {"t": "-3"}, {"rise": "2"}, {"zoom": "0"}, {"plane": "nonsense"},
                {"norm": "l9"}, {"of": "12"}, {"budget2000": "3"}, {"indexB": "99999"}, {"seed": "x"},
                {"map": "nonsense"},
            )
        ),
    ],
)  # fmt: skip
def test_a_link_with_nonsense_falls_back(query):
    app = geometry(**query)
    assert not app.error
    assert "The cells between “" in shown(app)


def test_pictures_that_span_no_plane_are_one_message():
    app = geometry(indexB="0")
    assert [element.value for element in app.error] == [
        "Pictures A and B are the same. Choose another picture B."
    ]
    app = geometry(indexC="1")
    assert len(app.error) == 1
    assert "lie on one line" in app.error[0].value


def test_without_a_picture_it_asks_for_one():
    assert "Choose a picture file" in shown(geometry(image="upload"))


def test_no_checkpoints_at_all(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENBOX_CHECKPOINTS", str(tmp_path))
    assert "No trained network was found" in shown(start("geometry"))


def check_that_it_is_asked_only_on_request(app: AppTest) -> None:
    text = shown(app)
    assert not app.error
    assert {"all", "nearest", "counterfactual"} <= {button.key for button in app.button}
    assert re.search(r"the walk crosses about \d+,\d00 cells", text)
    assert "48 x 48 points" in text


def test_a_large_network_is_asked_only_on_request(monkeypatch):
    monkeypatch.setattr(jobs, "BIG", 100)
    monkeypatch.setattr(computing, "LONG", 300)
    check_that_it_is_asked_only_on_request(geometry(index="9", budget250="100"))


@pytest.mark.long
def test_a_network_of_the_zoo_is_large():
    check_that_it_is_asked_only_on_request(start("geometry", data="CIFAR-10", budget250="100"))


class TestOwnModel:
    """Named on the command line."""

    @pytest.fixture(autouse=True)
    def user_file(self, tmp_path, monkeypatch):
        own_models.place(tmp_path, monkeypatch)
        own._opened.clear()
        yield
        own._opened.clear()

    def start(self, monkeypatch, model: str) -> AppTest:
        monkeypatch.setattr("sys.argv", ["app", "--model", f"user_models:{model}", "--data", "digits"])
        return start("geometry")

    def test_it_is_cut_into_cells(self, monkeypatch):
        app = self.start(monkeypatch, "Net")
        assert not app.error
        assert re.search(r"of (relu|pool) \\\((relu|max)", shown(app))

    def test_one_that_is_not_piecewise_linear_is_a_message(self, monkeypatch):
        app = self.start(monkeypatch, "Smooth")
        assert len(app.error) == 1
        assert "tanh" in app.error[0].value
        assert "This network has no geometry of cells" in app.error[0].value
        app.selectbox(key="network").set_value("cnn, seed 0 (99.72 %)").run()
        assert not app.error
        assert "The cells between “" in shown(app)


def test_the_unit_that_switches_is_framed_in_its_channel():
    plane = torch.tensor([[0.0, 1.0], [2.0, 4.0]])
    picture = lit.framed(plane, plane.amin(), plane.amax(), 1, 0)
    side = picture.shape[0] // 2
    assert (picture[side, 0] == lit.FRAME).all()
    assert (picture[side + side // 2, side // 2] == 128).all()
    assert (picture[0, 0] == 0).all()
    assert (picture[-1, -1] == 255).all()


def test_a_channel_is_what_the_layer_makes_of_the_points():
    card = sources.catalogue().networks["digits"][0]
    source, model = loading.source(card), load_checkpoint("digits-cnn-seed0").model
    x = load("digits").batch(slice(0, 2))
    path = next(name for name, part in model.named_modules() if isinstance(part, torch.nn.ReLU))
    found = layers.channel(source, path, 3, x)
    inner = x
    for name, part in model.named_children():
        inner = part(inner)
        if name == path:
            break
    assert found is not None
    assert torch.equal(found, inner[:, 3])
    assert layers.channel(source, "", 3, x) is None
    assert layers.channel(source, path, 10_000, x) is None
