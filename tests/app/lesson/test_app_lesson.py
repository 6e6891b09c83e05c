"""The lesson: every step is drawn, its numbers are right, and it goes on paper."""

import re

import pytest
import torch
from lesson import jobs, showing
from lesson.handout import handout
from lesson.showing import SHOWN, Classroom
from lesson.steps import MINUTES, STEPS
from reading import shown, start
from ui import loading, sources

from openbox.zoo import load, load_checkpoint


@pytest.fixture(scope="module")
def room() -> Classroom:
    card = sources.catalogue().networks["digits"][0]
    test = load("digits")
    samples = loading.samples(card.data, card.shape)
    return Classroom(card, test, sources.references("digits", test, samples))


def test_it_lasts_a_lesson_and_every_step_has_all_its_words():
    assert len(STEPS) == len(SHOWN) == 7
    assert MINUTES == 45
    for step in STEPS:
        assert all((step.title, step.text, step.task, step.question, step.answer, step.notes)), step.title


@pytest.mark.parametrize("number", range(1, 8))
def test_every_step_is_there_by_its_link(number):
    app = start("lesson", step=str(number))
    assert not app.exception
    assert not app.error
    assert app.header[0].value == f"{number}. {STEPS[number - 1].title}"
    assert STEPS[number - 1].question in shown(app)
    assert app.button(key="turn Left").disabled == (number == 1)
    assert app.button(key="turn Right").disabled == (number == 7)


def test_a_link_to_no_step_is_the_first_and_the_next_is_one_click_away():
    app = start("lesson", step="99")
    assert app.header[0].value.startswith("1. ")
    app.button(key="turn Right").click().run()
    assert app.header[0].value.startswith("2. ")
    assert app.query_params["step"] in ("2", ["2"])


def test_what_was_moved_stays_moved_while_another_step_is_shown():
    app = start("lesson", step="1")
    app.slider(key="lesson_picture").set_value(33).run()
    app.button(key="turn Right").click().run()
    app.button(key="turn Right").click().run()
    app.button(key="turn Left").click().run()
    app.button(key="turn Left").click().run()
    assert app.slider(key="lesson_picture").value == 33
    assert "Picture" not in [warning.value for warning in app.warning]


def test_ten_rows_and_three_sums_are_the_network_s_own_score(room):
    """What a pupil does with a calculator, against the module."""
    said = showing.draw_here(room, 4)
    rows = re.findall(r"<tr><td>(\d+), (\d+)</td><td>(.+?)</td><td>(.+?)</td><td>(.+?)</td></tr>", said.html)
    x = room.test.batch(slice(4, 5))
    ten = 0.0
    for line in rows:
        row, column, pixel, weight, product = (float(cell.replace("\N{MINUS SIGN}", "-")) for cell in line)
        assert pixel == pytest.approx(float(x[0, 0, int(row) - 1, int(column) - 1]), abs=1e-4)
        assert product == pytest.approx(pixel * weight, abs=1e-3)
        ten += product
    numbers = [
        float(n.replace("\N{MINUS SIGN}", "-"))
        for n in re.findall(r"[\N{MINUS SIGN}]?\d+\.\d{4}", said.words)
    ]
    assert len(rows) == 10
    assert numbers[0] == pytest.approx(ten, abs=1e-3)
    logits = load_checkpoint("digits-cnn-seed0").model(x)[0]
    assert numbers[0] + numbers[1] + numbers[2] == pytest.approx(float(logits.max()), abs=1e-3)
    assert numbers[4] == pytest.approx(float(logits.max()), abs=1e-3)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8])
def test_the_pieces_of_the_plane_are_those_of_a_grid(count):
    """Asked at a grid of points, which neurons are on: as many patterns as pieces, but for tiny ones."""
    cut = jobs.folded(count, 60.0, 0.2)
    assert len(cut.polygons) <= 1 + count + count * (count - 1) // 2
    draw = torch.Generator().manual_seed(jobs.SEED)
    turns = torch.rand(jobs.MOST, generator=draw, dtype=torch.float64) * 2 * torch.pi
    moved = (torch.rand(jobs.MOST, generator=draw, dtype=torch.float64) - 0.5) * 1.2
    turns[0], moved[0] = 60 / 180 * torch.pi, -0.2
    ticks = torch.linspace(-0.999, 0.999, 700, dtype=torch.float64)
    points = torch.cartesian_prod(ticks, ticks)
    on = points @ torch.stack((turns.cos(), turns.sin()))[:, :count] + moved[:count] > 0
    patterns, sizes = torch.unique(on, dim=0, return_counts=True)
    assert len(patterns) <= len(cut.polygons)
    assert len(cut.polygons) - len(patterns) <= int((sizes < 30).sum()) + 1


def test_the_random_network_is_another_and_the_trained_one_stays(room):
    source = loading.source(room.card)
    before = {k: v.clone() for k, v in load_checkpoint("digits-cnn-seed0").model.state_dict().items()}
    x = room.test.batch(slice(7, 8))
    one, other = (jobs.of_random_weights(source, "openbox", room.references, x, 3).values for _ in range(2))
    assert torch.equal(one, other)
    from work.networks import module

    assert all(torch.equal(v, module(source).state_dict()[k]) for k, v in before.items())
    own = showing.draw_guess(room, "openbox", 7, True).words
    assert re.search(r"map is the (left|right) one", own)
    assert "trained" not in showing.draw_guess(room, "openbox", 7, False).html.split("<p")[0]


def test_it_goes_on_paper_with_all_its_pictures(room):
    figures = [draw(room) for _, draw in SHOWN]
    pupil, teacher = handout(figures), handout(figures, teacher=True)
    for step in STEPS:
        assert step.title in pupil
        assert step.answer.split("**")[0][:40].replace("'", "'") in teacher
    assert "http" not in pupil.replace("http://www.w3.org", "")
    assert pupil.count("<section>") == 7
    assert pupil.count("data:image/png") >= 12
    assert "Answer." not in pupil
    assert "45 minutes" in teacher
