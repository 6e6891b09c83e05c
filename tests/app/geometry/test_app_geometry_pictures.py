"""What the Geometry page draws and exports, against the plain module."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
import torch
from geometry import computing, sentences
from geometry.drawing import colours, export, lines, paint
from geometry.drawing.paint import Mark
from geometry.plane import Walk, span
from ui import sources
from work.ticket import Ticket

from openbox.errors import InputError
from openbox.zoo import load
from openbox.zoo.checkpoints import load_checkpoint

CARD = sources.catalogue().networks["digits"][0]
SVG = "{http://www.w3.org/2000/svg}"


def _silent(ticket: Ticket) -> None:
    del ticket


@pytest.fixture(scope="module")
def walk():
    a, b, c = load("digits").batch(slice(0, 3)).split(1)
    return Walk(span(a, b, c), 0.0)


@pytest.fixture(scope="module")
def share(walk):
    return computing.first_change(CARD, walk.plane)


@pytest.fixture(scope="module")
def cut(walk, share):
    """A window over the decision boundary, so that cells have two colours."""
    half = computing.half_width(computing.density(CARD, walk), 500)
    found = computing.window(CARD, walk, share, half, 500, _silent)
    assert len(found.boundary) > 0
    return found


@pytest.fixture(scope="module")
def model():
    return load_checkpoint("digits-cnn-seed0").model.double()


def test_the_plane_goes_through_the_pictures():
    a, b, c = pictures = load("digits").batch(slice(4, 7)).double().split(1)
    plane = span(a, b, c)
    for point, picture in zip(plane.points, pictures, strict=True):
        torch.testing.assert_close(plane.input(point), picture, atol=1e-12, rtol=0)
    assert abs(float((plane.u * plane.v).sum())) < 1e-12
    assert float(plane.v.norm()) == pytest.approx(1)
    (s, t), half = plane.frame
    assert all(abs(x - s) < half and abs(y - t) < half for x, y in plane.points)


def test_no_plane_through_pictures_on_one_line():
    a, b = load("digits").batch(slice(0, 2)).split(1)
    with pytest.raises(InputError, match="A and B are the same"):
        span(a, a, b)
    with pytest.raises(InputError, match="one line"):
        span(a, b, (a + b) / 2)


def test_the_window_rests_while_the_point_walks(walk):
    half = walk.length / 50
    stops = {walk.middle(share, half) for share in np.linspace(0, 1, 1001)}
    assert len(stops) == 51
    for share in np.linspace(0, 1, 301):
        assert abs(walk.middle(share, half) - share) * walk.length <= half / 2 + 1e-12


def test_the_overview_is_the_answer_of_the_network(walk, model):
    classes = computing.overview(CARD, walk.plane, _silent)
    centre, half = walk.plane.frame
    place = paint.projection(centre, half, len(classes))
    for point, picture in zip(walk.plane.points, load("digits").batch(slice(0, 3)), strict=True):
        column, row = (int(x) for x in place(point))
        assert classes[row, column] == int(model(picture[None].double()).argmax())


def test_pixels_of_the_slice_have_the_colour_of_their_class_and_region(cut, model):
    pieces = colours.pieces(cut)
    picture = np.asarray(paint.paint_slice(cut, pieces, None, []))
    side = paint.SIDE
    place = paint.projection((0.0, 0.0), cut.extent, side)
    points = np.random.default_rng(0).uniform(-cut.extent, cut.extent, (400, 2))
    answers = model(cut.inputs(points)).argmax(1).tolist()
    right = 0
    for point, answer in zip(points.tolist(), answers, strict=True):
        cell = cut.cell((point[0], point[1]))
        assert cell is not None
        column, row = place((point[0], point[1]))
        colour = colours.region_colour(answer, cut.region_ids[cell])
        right += bool((picture[int(row), int(column)] == colour).all())
    assert right > 0.75 * 400  # the others lie on a line
    assert sum(colours.shares(pieces).values()) == pytest.approx(1)
    assert set(colours.shares(pieces)) == {int(k) for k in cut.boundary_classes.flatten()}


def test_the_arrays_say_what_the_network_is_in_every_polygon(cut, model):
    found = export.arrays(cut)
    origin, u, v = (torch.from_numpy(found[name])[0] for name in ("origin", "u", "v"))
    polygons = np.split(found["polygons"], np.cumsum(found["corners"])[:-1])
    assert len(polygons) == len(found["region_ids"]) == len(found["maps"]) == len(cut.polygons)
    for polygon, map_ in list(zip(polygons, found["maps"], strict=True))[::7]:
        s, t = np.mean(polygon, 0)
        logits = model((origin + s * u + t * v)[None])[0].detach().numpy()
        np.testing.assert_allclose(map_ @ (s, t, 1), logits, atol=1e-9)
    for (first, last), classes in zip(found["boundary"], found["boundary_classes"], strict=True):
        s, t = np.mean([first, last], 0)
        tied = model((origin + s * u + t * v)[None])[0, classes]
        assert float((tied[0] - tied[1]).detach().abs()) < 1e-9


def test_the_svg_holds_every_polygon_exactly(cut):
    pieces = colours.pieces(cut)
    text = export.svg(cut, pieces, cut.cell((0.0, 0.0)), [Mark((0.0, 0.0), "A")], "a < b & c")
    root = ElementTree.fromstring(text)
    assert root.findtext(f"{SVG}title") == "a < b & c"
    polygons = root.findall(f".//{SVG}polygon")
    regions = {polygon.get("data-region") for polygon in polygons} - {None}
    assert regions == set(cut.region_ids)
    outlines = [polygon.get("points") for polygon in polygons if polygon.get("fill") == "none"]
    read = [np.array([pair.split(",") for pair in (text or "").split()], float) for text in outlines]
    for polygon, own in zip(cut.polygons, read, strict=False):
        assert (polygon == own).all()
    assert len(root.findall(f".//{SVG}line")) == len(cut.boundary)


def test_the_lines_of_the_chart_have_their_vertices_at_the_breakpoints(walk, model):
    found = computing.line(CARD, walk, _silent)
    drawn = lines.leading(found)
    chart = lines.logits(found, (0.0, 1.0), 0.3, CARD.classes, drawn, 200).to_dict()
    rows = next(rows for rows in chart["datasets"].values() if len(rows) == len(found.t))
    assert [row["t"] for row in rows] == found.t.tolist()
    answers = model(found.points(found.t[::50])).detach()
    for number in drawn:
        ours = [row[CARD.classes[number]] for row in rows][::50]
        np.testing.assert_allclose(ours, answers[:, number], atol=1e-9)
    best = set(model(found.points(found.t)).topk(3).indices.flatten().tolist())
    assert set(drawn) == best
    words = [row["words"] for rows in chart["datasets"].values() for row in rows if "words" in row]
    assert len(words) == len(found.switches) > 0


def test_gates_are_named_after_the_layers_that_feed_them():
    def names(data: str, network: str) -> list[str]:
        card = next(
            c for c in sources.catalogue().networks[data] if sources.network_label(c).startswith(network)
        )
        return computing.facts(card).layer_names

    assert names("digits", "cnn") == ["conv1", "conv2", "pool1"]
    assert names("mnist", "mlp") == ["linear1", "linear2", "linear3"]
    assert names("mnist", "cnn") == ["conv1", "pool1", "conv2", "pool2", "conv3", "pool3"]
    assert names("cifar10", "resnet20")[:3] == ["conv1", "4.relu1", "4.relu2"]


def test_the_words_for_a_map_that_stays():
    here, there = ("aa", "1"), ("bb", "2")
    assert "still the same cell" in sentences.map_words(*here, here)
    assert "reaches no class" in sentences.map_words("aa", "2", here)
    assert "It was `bb`" in sentences.map_words(*here, there)
    assert "not one bit" in sentences.map_words(*here, None)


def test_the_words_for_units_that_change_at_once():
    units = [f"unit {number} switches on" for number in range(5)]
    assert sentences.crossing_words(units).endswith("unit 2 switches on; and 2 more.")
    assert sentences.crossing_words([]) == "The walk begins in this cell."
    assert sentences.times(241.3) == "241 times"
