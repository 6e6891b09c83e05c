"""DBLP's titles from its dump: on a fragment made by hand, with no title of a real paper in it."""

import gzip
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from openbox.errors import InputError
from openbox.zoo.data import dblp_dump, load_titles, venues
from openbox.zoo.data.dblp_dump import FILES, Tally, build
from openbox.zoo.data.dblp_records import Record, read_records
from openbox.zoo.data.venues import CLASSES, LABELS
from openbox.zoo.data.words import words
from openbox.zoo.dblp import main

HEAD = '<?xml version="1.0" encoding="ISO-8859-1"?>\n<!DOCTYPE dblp SYSTEM "dblp.dtd">\n<dblp>\n'
PAPERS = """
<article key="conf/sigmod/A1"><author>M&uuml;ller</author><title>Tables &amp; Trees.</title></article>
<inproceedings key="conf/stoc/A2"><title>An <i>O</i>(n<sup>2<tt>k</tt></sup>) Bound.</title></inproceedings>
<article key="journals/pacmpl/A3">
  <title>Schr&ouml;dinger's &lt;Types&gt;: &Scaron;&NotAName;-Calculi</title>
</article>
<article key="journals/cc/A4"><title>Of Another Venue</title></article>
<article key="tr/lab/A5"><title>Of No Venue</title></article>
<article><title>Of No Key</title></article>
<inproceedings key="conf/dac/A6"><title> -- </title></inproceedings>
<inproceedings key="conf/dac/A7"></inproceedings>
<proceedings key="conf/dac/2000"><title>Not a Paper</title></proceedings>
<inproceedings key="conf/nips/A8"><title>Twice Told</title><booktitle>Not a Title</booktitle></inproceedings>
"""
RECORDS = 9


def dump(path: Path, papers: str = PAPERS, head: str = HEAD, tail: str = "</dblp>\n") -> Path:
    raw = (head + papers + tail).encode("latin-1")
    path.write_bytes(gzip.compress(raw) if path.suffix == ".gz" else raw)
    return path


def many(count: int, title: str = "Title {}") -> str:
    """Papers of SIGMOD that differ in a number."""
    paper = '<article key="conf/sigmod/B{0}"><title>{1}</title></article>'
    return "".join(paper.format(number, title.format(number)) for number in range(count))


def rows(folder: Path, split: str) -> list[tuple[str, str]]:
    text, label = ((folder / f"{kind}_{split}.txt").read_bytes().decode() for kind in ("text", "label"))
    assert text.endswith("\n") or not text
    return list(zip(text.splitlines(), label.splitlines(), strict=True))


@pytest.mark.parametrize("head", [HEAD, "<dblp>"], ids=["doctype", "bare"])
@pytest.mark.parametrize("name", ["dblp.xml", "dblp.xml.gz"])
def test_a_fragment_becomes_four_files(name: str, head: str, tmp_path: Path) -> None:
    counts = build(dump(tmp_path / name, head=head), tmp_path / "out")
    kept = sorted(rows(tmp_path / "out", "train") + rows(tmp_path / "out", "test"))
    assert kept == [
        ("an n bound", "6"),
        ("schr dinger s types calculi", "5"),
        ("tables trees", "1"),
        ("twice told", "2"),
    ]
    assert sum(counts.train) == 3
    assert replace(counts, train=(), test=()) == Tally(RECORDS, 2, 1, 2, 0, (), ())
    assert {path.name for path in (tmp_path / "out").iterdir()} == set(FILES)


def test_no_other_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "dblp.dtd").write_text('<!ENTITY uuml "read">')
    secret = tmp_path / "secret"
    secret.write_text("secret")
    head = f'<!DOCTYPE dblp SYSTEM "dblp.dtd" [<!ENTITY x SYSTEM "{secret.as_uri()}">]><dblp>'
    paper = '<article key="conf/vldb/A"><title>&uuml;&x;</title></article>'
    assert list(read_records(dump(tmp_path / "a.xml", paper, head))) == [Record("conf/vldb/A", "ü")]


def test_the_seed_draws_the_split(tmp_path: Path) -> None:
    source = dump(tmp_path / "dblp.xml", many(100))
    for folder, seed in (("a", 0), ("b", 0), ("c", 1)):
        counts = build(source, tmp_path / folder, seed)
        assert (counts.train[0], counts.test[0]) == (75, 25)
    content = {folder: [(tmp_path / folder / name).read_bytes() for name in FILES] for folder in "abc"}
    assert content["a"] == content["b"] != content["c"]
    everything = rows(tmp_path / "a", "train") + rows(tmp_path / "a", "test")
    assert sorted(everything) == sorted((f"title {number}", "1") for number in range(100))


def test_a_title_of_both_splits_stays_in_training_only(tmp_path: Path) -> None:
    counts = build(dump(tmp_path / "dblp.xml", many(40, "Preface.") + many(40)), tmp_path)
    train, test = rows(tmp_path, "train"), rows(tmp_path, "test")
    assert {title for title, _ in train}.isdisjoint(title for title, _ in test)
    assert counts.repeated > 0
    assert len(train) == 60
    assert len(test) == 20 - counts.repeated


def test_progress_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dblp_dump, "_STEP", 4)
    told: list[int] = []
    build(dump(tmp_path / "dblp.xml"), tmp_path, progress=told.append)
    assert told == [4, 8]


@pytest.mark.parametrize(
    ("name", "raw", "found"),
    [
        ("a.xml", None, "there is no file"),
        ("a.xml", b"", "is not XML"),
        ("a.xml", b"not XML", "is not XML"),
        ("a.xml", b"<dblp></wrong>", "is not XML"),
        ("a.xml", (HEAD + PAPERS).encode(), "ends too early"),
        ("a.gz", gzip.compress((HEAD + PAPERS + "</dblp>").encode(), mtime=0)[:-20], "ends too early"),
        ("a.gz", gzip.compress(b"not XML", mtime=0), "is not XML"),
        ("a.gz", b"\x1f\x8bnot gzip", "cannot read"),
        ("a.xml", b"<dblp></dblp>", "has 0 papers"),
        ("a.xml", b'<dblp><article key="conf/none/A"><title>A</title></article></dblp>', "has 1 papers"),
    ],
)  # fmt: skip
def test_what_is_no_dump_is_refused(name: str, raw: bytes | None, found: str, tmp_path: Path) -> None:
    if raw is not None:
        (tmp_path / name).write_bytes(raw)
    with pytest.raises(InputError, match=found) as refused:
        build(tmp_path / name, tmp_path / "out")
    assert str(tmp_path / name) in str(refused.value)
    assert "https://dblp.org/xml/" in str(refused.value), "what to do"
    assert not (tmp_path / "out").exists()


def test_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read"):
        build(tmp_path, tmp_path / "out")
    source = dump(tmp_path / "dblp.xml")
    with pytest.raises(InputError, match="cannot write into"):
        build(source, source)


@pytest.mark.parametrize("failure", [KeyboardInterrupt, OSError])
@pytest.mark.parametrize("at", range(len(FILES)))
def test_a_broken_off_write_leaves_what_was_there(
    at: int, failure: type[BaseException], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, out = dump(tmp_path / "dblp.xml"), tmp_path / "out"
    out.mkdir()
    (out / FILES[1]).write_text("before")
    write_text = Path.write_text

    def broken(path: Path, text: str, **options: str) -> int:
        if path.name.startswith(FILES[at]):
            write_text(path, text[:5])
            raise failure
        return write_text(path, text, **options)

    monkeypatch.setattr(Path, "write_text", broken)
    with pytest.raises(InputError if failure is OSError else failure):
        build(source, out)
    assert [path.name for path in out.iterdir()] == [FILES[1]]
    assert (out / FILES[1]).read_text() == "before"


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = dump(tmp_path / "dblp.xml.gz"), tmp_path / "data" / "dblp"
    words = ["--dump", str(source), "--out", str(out)]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert f"{RECORDS} records" in said
    assert f"{out}: 3 + 1 titles" in said
    assert main(words) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert main([*words, "--overwrite", "--seed", "1"]) == 0
    assert main([*words, "--overwrite", "--dump", str(tmp_path / "missing")]) == 2
    assert "there is no file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Object-Oriented C++: A Survey.", "object oriented c a survey"),
        ("802.11b vs. 3D_XPoint (IPv6)", "802 11b vs 3d xpoint ipv6"),
        ("Don\u2019t Care \u2013 “NP”\x00co\x07NP\u200b!", "don t care np co np"),
        ("Poincaré, Poincare\u0301, Ångström", "poincar poincar ngstr m"),
        ("  \t\r\n.\ufeff\ud800", ""),
        ("לוגיקה, منطق", "לוגיקה منطق"),
        ("हिन्दी λ-calculus 数据库", "हिन्दी λ calculus 数据库"),
        ("deep🎉learning ❤\ufe0f", "deep 🎉 learning ❤"),
    ],
)
def test_words(text: str, expected: str) -> None:
    assert " ".join(words(text)) == expected
    assert words(expected) == expected.split()


def test_venues_have_one_of_the_six_labels() -> None:
    assert set(LABELS.values()) == set(range(1, len(CLASSES) + 1))
    names = " ".join(venues.CONFERENCES).split()
    assert len(names) == len(set(names)), "no venue is named twice"
    assert (LABELS["conf/cc"], LABELS.get("journals/cc")) == (5, None)


def test_the_invented_titles() -> None:
    train, test = (load_titles("titles", part) for part in (True, False))
    assert torch.equal(train.labels, torch.arange(6).repeat_interleave(20))
    assert torch.equal(test.labels, torch.arange(6).repeat_interleave(10))
    assert len({*train.texts, *test.texts}) == 180
    for title in train.texts + test.texts:
        assert " ".join(words(title)) == title
        assert 5 <= len(title.split()) <= 12
