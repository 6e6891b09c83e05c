"""The README is run: its examples print what it says they print, and its tables are the cards'."""

import csv
import re
import subprocess
import sys
from pathlib import Path

from openbox.zoo import list_checkpoints
from openbox.zoo.checkpoints import read_card

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_examples_print_what_the_readme_says() -> None:
    blocks = re.findall(r"```python\n(.*?)```\n\nprints\n\n```\n(.*?)```", README, re.DOTALL)
    assert len(blocks) == README.count("```python")
    code = "\n".join(code for code, _ in blocks)
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert printed.returncode == 0, printed.stderr
    assert printed.stdout == "".join(expected for _, expected in blocks)


def test_the_table_of_checkpoints_is_that_of_the_cards() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| ([\d.]+) % \| `(.*)` \|$", README, re.MULTILINE)
    cards = [read_card(name) for name in list_checkpoints()]
    assert rows == [(c.name, f"{100 * c.test_accuracy:.2f}", c.command) for c in cards]


def test_every_file_the_readme_names_exists() -> None:
    for path in re.findall(r"\]\((\w[\w/.]*)\)", README):
        assert (ROOT / path).exists(), path
    for folder in re.findall(r"^\| `([\w/]+)/` \|", README, re.MULTILINE):
        assert (ROOT / folder).is_dir(), folder


def test_the_table_of_costs_is_that_of_the_benchmark() -> None:
    (path,) = (ROOT / "evaluation/benchmarks").glob("linearize-cpu-*.csv")
    with path.open() as file:
        ratios = {
            (row["network"], row["batch"], row["question"], row["method"]): row["ratio_to_floor_median"]
            for row in csv.DictReader(file)
        }
    rows = re.findall(r"^\| (\w+), (\d+) \| ([\d.| ]+) \|$", README, re.MULTILINE)
    assert len(rows) == len({key[:2] for key in ratios})
    for network, batch, figures in rows:
        methods = ("openbox", "is_grads_batched", "vmap_jacrev", "captum")
        keys = [*((network, batch, "classes", m) for m in methods), (network, batch, "contrast", "openbox")]
        assert figures.split(" | ") == [f"{float(ratios[key]):.2f}" for key in keys]


def test_the_table_of_pixel_flipping_is_that_of_the_benchmark() -> None:
    (path,) = (ROOT / "evaluation/benchmarks").glob("flip-cpu-*.csv")
    with path.open() as file:
        share = {
            (row["network"], row["images"], row["steps"], row["method"]): row["share_of_floor_median"]
            for row in csv.DictReader(file)
        }
    rows = re.findall(
        r"^\| (\w+), (\d+) images, (\d+) steps \| ([\d.]+) \| ([\d.]+) \|$", README, re.MULTILINE
    )
    assert len(rows) == len({key[:3] for key in share})
    for network, images, steps, *figures in rows:
        keys = [(network, images, steps, method) for method in ("openbox", "quantus")]
        assert figures == [f"{float(share[key]):.2f}" for key in keys]


def test_the_figures_of_the_geometry_are_those_of_the_benchmark() -> None:
    rows: list[dict[str, str]] = []
    for path in (ROOT / "evaluation/benchmarks").glob("geometry-cpu-*.csv"):
        with path.open() as file:
            rows += csv.DictReader(file)
    said = []
    for row in rows:
        if row["method"] == "deepfool":
            said.append(f"DeepFool {float(row['farther_median']):.2f} times as far")
        if row["method"] not in ("openbox", "region_and_exit"):
            continue
        ratio = float(row["ratio_to_base_median"] or "nan")
        if row["part"] == "exit":
            said.append(
                f"{ratio:.2f} "
                + ("forward passes by the clock" if row["method"] == "openbox" else "with making")
            )
        elif row["part"] == "norms":
            said.append(f"{1 / ratio:.0f} times faster than a loop")
        elif row["part"] == "slice":
            regions = f"{int(row['count']):,} regions | {float(row['per_second']):,.0f} regions/s"
            said.append(regions + (f", {1 / ratio:.0f} times" if ratio == ratio else ""))
        elif row["part"] == "segment":
            said.append(f"{float(row['passes']):.2f} passes a breakpoint by operations, {ratio:.2f} by the")
        else:
            said.append(f"{ratio:.1f} times its seconds")
    assert len(said) >= 16
    assert [figure for figure in said if figure not in README] == []


def test_the_tables_of_the_leaderboard_are_the_committed_ones() -> None:
    found = re.search(r"<!-- tables of leaderboard.md -->(.*)<!-- end of tables -->", README, re.DOTALL)
    assert found
    committed = (ROOT / "evaluation/results/full/leaderboard.md").read_text().splitlines()
    rows = [line for line in found[1].splitlines() if line.startswith("|")]
    assert len(rows) > 30
    assert [line for line in rows if line not in committed] == []


def test_the_counts_of_the_verdict_are_those_of_the_leaderboard() -> None:
    said = re.search(
        r"in (\d+) of (\d+) cells\s.*?tied in (\d+),\s+and behind LIME in (\d+)", README, re.DOTALL
    )
    assert said
    first, cells, tied, behind = map(int, said.groups())
    verdict = (ROOT / "evaluation/results/full/leaderboard.md").read_text().split("## Verdict")[1]
    each, by_cell = verdict.split("### `openbox_neighbourhood`, cell by cell")
    rows = re.findall(r"^\| .* \| flip\.abpc \| .* \| (first|tied|behind) \| (.*) \|$", by_cell, re.MULTILINE)
    found = [answer for answer, _ in rows]
    assert (len(found), *map(found.count, ("first", "tied", "behind"))) == (cells, first, tied, behind)
    assert {rivals for answer, rivals in rows if answer == "behind"} == {"`lime`"}
    summary = re.findall(r"^\| `openbox_neighbourhood` \| .* \| (.*) of \d+ \|", each, re.MULTILINE)
    for answer in ("first", "tied", "behind"):
        counts = (re.search(rf"{answer} (\d+)", line) for line in summary)
        assert sum(int(count[1]) for count in counts if count) == found.count(answer)
