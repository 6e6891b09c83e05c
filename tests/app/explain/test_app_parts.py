"""What the page Explain computes beside the maps, against the plain module and by hand."""

import numpy as np
import pytest
import torch
from explain import browsing, comparing, deleting, shifting
from reading import shown, start
from torch import Tensor
from ui import map_view, sources, uploads
from ui.fitting import fit
from ui.loading import source
from ui.pictures import data_url
from ui.uploads import UploadError
from work import deleting as deleted
from work import layers, networks, pictures
from work.pictures import SetDecisions

from openbox.explainers.create import Score
from openbox.explainers.explanation import Contrast
from openbox.zoo import load
from openbox.zoo.checkpoints import load_checkpoint

CARD = sources.catalogue().networks["digits"][0]
SOURCE = source(CARD)
DIGITS = load("digits")
MODEL = load_checkpoint(SOURCE.name).model
X = DIGITS.batch(slice(0, 1))


@pytest.mark.parametrize("fill", deleted.FILLS)
def test_pixels_are_deleted_in_the_order_of_a_map(fill: str) -> None:
    ranks = torch.rand(2, 8, 8, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    rows = deleting.row(Contrast(1, 7), 10)
    found = deleted.delete(SOURCE, X, ranks, rows, "logits", fill)
    instead = {"black": torch.zeros(()), "mean": X.mean()}.get(fill)
    for number in range(2):
        order = sorted(range(64), key=lambda place: -float(ranks[number].flatten()[place]))
        for step, share in enumerate(found.shares.tolist()):
            gone = order[: round(share * 64)]
            picture = X.clone().flatten()
            if instead is None:
                picture[gone] = found.pictures[number, step].flatten()[gone]
            else:
                picture[gone] = instead
            torch.testing.assert_close(found.pictures[number, step].flatten(), picture)
            logits = MODEL(picture.view(1, 1, 8, 8))[0]
            assert float(found.scores[number, step]) == pytest.approx(float(logits[1] - logits[7]), abs=1e-4)
    assert float(found.scores[0, -1]) == pytest.approx(float(found.scores[1, -1]), abs=1e-5)


def test_a_picture_is_shifted_and_what_comes_in_is_black() -> None:
    x = torch.arange(1.0, 13).view(1, 1, 3, 4)
    down = shifting.shifted(x, (1, 0))[0, 0].tolist()
    assert down == [[0] * 4, [1, 2, 3, 4], [5, 6, 7, 8]]
    assert shifting.shifted(x, (-1, 2))[0, 0].tolist() == [[0, 0, 5, 6], [0, 0, 9, 10], [0] * 4]
    assert torch.equal(shifting.shifted(x, (0, 0)), x)


def test_test_pictures_are_sorted_by_what_the_network_makes_of_them() -> None:
    found = SetDecisions(torch.tensor([0, 1, 1, 0, 1]), torch.tensor([0.9, 0.2, 0.8, 0.5, 0.95]))
    labels = torch.tensor([0, 1, 0, 1, 1])
    assert browsing.pick(found, labels, "any", None) == [0, 1, 2, 3, 4]
    assert browsing.pick(found, labels, "right, and sure", None) == [4, 0, 1]
    assert browsing.pick(found, labels, "wrong", None) == [2, 3]
    assert browsing.pick(found, labels, "borderline", None) == [1, 3, 2, 0, 4]
    assert browsing.pick(found, labels, "borderline", 1) == [1, 3, 4]


def test_decisions_are_those_of_the_network() -> None:
    found = pictures.decisions(SOURCE, "digits", "")
    share = MODEL(DIGITS.batch(slice(None))).softmax(1).detach()
    assert torch.equal(found.decided, share.argmax(1))
    top = share.topk(2).values
    torch.testing.assert_close(found.lead, top[:, 0] - top[:, 1])


def test_what_is_unlike_all_known_pictures_is_strange() -> None:
    assert pictures.strangeness("digits", "", torch.rand(1, 1, 8, 8)) > 0.98
    assert pictures.strangeness("digits", "", load("digits", train=True).batch(slice(0, 1))) < 0.98
    itself = DIGITS.batch(slice(4, 5))
    flat = DIGITS.batch(slice(None)).flatten(1).double()
    apart = torch.cdist(flat, flat).fill_diagonal_(torch.inf).min(1).values
    assert pictures.strangeness("digits", "", itself) == pytest.approx(
        float((apart < apart[4]).double().mean())
    )


def test_the_inside_is_what_the_layers_say() -> None:
    found = layers.feature_maps(SOURCE, X)
    model = networks.module(SOURCE)
    after = X
    for one, part in zip(found, [p for p in model.modules() if not [*p.children()]], strict=False):
        after = part(after)
        assert torch.equal(one.maps, after[0])
        assert one.name.endswith(f"({type(part).__name__})")
    assert len(found) >= 4


def test_a_rectangle_is_erased() -> None:
    changed = X.clone()
    changed[..., 2:5, 1:4] = 0
    expected = torch.cat((MODEL(X), MODEL(changed)))
    torch.testing.assert_close(layers.erased(SOURCE, X, (2, 1, 5, 4), "logits"), expected)


def test_what_is_deleted_and_erased_has_the_score_of_the_maps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a network that ends in softmax: what lies before it, or all of it after it."""
    whole = torch.nn.Sequential(MODEL, torch.nn.Softmax(1)).eval()
    monkeypatch.setattr(networks, "module", lambda source: whole)
    scores: dict[Score, Tensor] = {"logits": MODEL(X), "output": MODEL(X).softmax(1)}
    for score, expected in scores.items():
        torch.testing.assert_close(networks.outputs(SOURCE, X, score), expected.detach())
        found = deleted.delete(SOURCE, X, torch.rand(1, 8, 8), deleting.row(1, 10), score, "black")
        assert float(found.scores[0, 0]) == pytest.approx(float(expected[0, 1]), abs=1e-5)
        before = layers.erased(SOURCE, X, (0, 0, 1, 1), score)[0]
        torch.testing.assert_close(before, expected[0].detach())


def test_each_pixel_has_its_line() -> None:
    values = torch.arange(4.0).view(1, 2, 2)
    lines = map_view.pixel_lines(values / 4, values - 1, values * (values - 1))
    assert lines[2] == "row 2, column 1: pixel 0.50, weight +1.000, contribution +2.000"
    assert len(lines) == 4


def test_two_maps_are_compared_by_their_cosine() -> None:
    one, other = np.array([[1.0, 0], [0, 0]]), np.array([[1.0, 1], [0, 0]])
    assert comparing.likeness(one, other) == "Their cosine is 0.71."
    assert comparing.likeness(one, 0 * other) == "One of them is zero everywhere."


def drawn_one() -> str:
    """A thick vertical stroke, as the pad sends it."""
    picture = np.zeros((224, 224, 3), np.uint8)
    picture[40:190, 104:122] = 255
    return data_url(picture)


def test_a_drawing_is_centred_as_the_training_pictures_were() -> None:
    fitted = fit(uploads.read_url(drawn_one()), (1, 28, 28))
    columns = fitted.x[0, 0].sum(0)
    assert float((columns * torch.arange(28)).sum() / columns.sum()) == pytest.approx(13.5, abs=0.6)
    assert int((fitted.x[0, 0].sum(1) > 0.1).sum()) == 20
    with pytest.raises(UploadError, match="try again"):
        uploads.read_url("data:image/png;base64,###")
    with pytest.raises(UploadError):
        uploads.read_url("data:text/html;base64,PGI+")


class TestPage:
    """As Streamlit runs it."""

    def test_a_wrong_answer_is_marked(self) -> None:
        decided = pictures.decisions(SOURCE, "digits", "").decided
        index = int((decided != DIGITS.labels).nonzero()[0])
        app = start(data="Digits 8x8", index=str(index), methods="OpenBox")
        assert f"Wrong: it is labelled “{int(DIGITS.labels[index])}”" in shown(app)

    def test_a_shifted_picture_and_which_maps_move(self) -> None:
        app = start(data="Digits 8x8", shift="1,-1", methods="OpenBox")
        assert "Moved with the picture" in shown(app)
        app.button(key="shift_back").click().run()
        assert "Moved with the picture" not in shown(app)
        app.button(key="shift_right").click().run()
        assert app.query_params["shift"] == "0,1"

    def test_a_drawing_is_answered(self) -> None:
        app = start(data="MNIST", image="draw", methods="OpenBox")
        assert "Choose a picture at the left" in shown(app)
        app.session_state["pad"] = {"drawn": drawn_one()}
        app.run()
        assert "The network says “1”" in shown(app)

    def test_maps_can_be_had_as_files(self) -> None:
        app = start(data="Digits 8x8", methods="OpenBox")
        labels = [button.proto.label for button in app.get("download_button")]
        assert labels == ["Report (HTML)", "PNG", "SVG", "NPZ", "JSON", "Python"]

    def test_a_link_to_what_is_not_there_says_so(self) -> None:
        app = start(data="Digits 8x8", index="99999", network="nonsense")
        said = [warning.value for warning in app.warning]
        assert any("test image “99999”" in one for one in said)
        assert any("the network “nonsense”" in one for one in said)
