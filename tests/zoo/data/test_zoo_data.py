"""The data sets: what each reader returns, where it looks, and what it says when there is nothing."""

import io
from collections.abc import Callable
from pathlib import Path
from urllib.error import URLError

import numpy as np
import pyarrow as arrow
import pyarrow.parquet as parquet
import pytest
import torch
import torchvision
from PIL import Image
from requirements import require_data

from openbox.errors import DataNotFoundError, OpenBoxError, UnknownNameError
from openbox.zoo.data import DATASETS, Images, data_root, dataset, load
from openbox.zoo.data.cifar10 import CLASSES


def check(images: Images, count: int, shape: tuple[int, int, int], classes: int) -> None:
    """What every reader promises."""
    assert len(images) == count
    assert images.shape == shape
    assert images.pixels.shape == (count, *shape)
    assert images.pixels.dtype == torch.uint8
    assert images.labels.shape == (count,)
    assert images.labels.dtype == torch.int64
    assert len(images.classes) == classes
    assert images.labels.unique().tolist() == list(range(classes))
    batch = images.batch(slice(0, 5))
    assert batch.dtype == torch.float32
    assert float(batch.min()) >= 0
    assert float(batch.max()) <= 1
    assert torch.equal(batch * 255, images.pixels[:5].float())
    assert torch.equal(images.batch(torch.tensor([3, 1])), images.batch(slice(0, 5))[[3, 1]])


def test_digits_are_embedded_and_split_evenly() -> None:
    train, test = load("digits", train=True), load("digits")
    check(train, 1437, (1, 8, 8), 10)
    check(test, 360, (1, 8, 8), 10)
    for split in (train, test):
        shares = split.labels.bincount() / len(split)
        assert float(shares.max() - shares.min()) < 0.01, "stratified"
        assert int(split.pixels.max()) == 255
        assert split.classes == tuple("0123456789")


def test_digits_are_scikit_learn_s_own_and_no_image_is_in_both_splits() -> None:
    from sklearn.datasets import load_digits

    source, target = load_digits(return_X_y=True)
    original = [(image.tobytes(), int(label)) for image, label in zip(source, target, strict=True)]
    found = []
    for train in (True, False):
        images = load("digits", train=train)
        back = (images.pixels.double() * 16 / 255).round().flatten(1).numpy()
        found += [(row.tobytes(), int(label)) for row, label in zip(back, images.labels, strict=True)]
    assert sorted(found) == sorted(original), "each of the 1,797 once"


def test_the_test_set_of_the_digits_is_scikit_learn_s_stratified_fifth() -> None:
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    source, target = load_digits(return_X_y=True)
    fifth = train_test_split(range(len(target)), test_size=0.2, random_state=0, stratify=target)[1]
    back = (load("digits").pixels.double() * 16 / 255).round().flatten(1).numpy()
    assert (back == source[sorted(fifth)]).all()


def test_digits_are_the_same_every_time_and_need_no_folder(tmp_path: Path) -> None:
    first, again = load("digits"), load("digits", root=tmp_path / "nowhere", download=True)
    assert torch.equal(first.pixels, again.pixels)
    assert torch.equal(first.labels, again.labels)
    assert not list(tmp_path.iterdir())


def test_mnist_is_the_original() -> None:
    require_data("mnist")
    train, test = load("mnist", train=True), load("mnist")
    check(train, 60_000, (1, 28, 28), 10)
    check(test, 10_000, (1, 28, 28), 10)
    assert train.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert test.labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    pixels = train.batch(slice(None))
    assert float(pixels.mean()) == pytest.approx(0.13066, abs=1e-5)
    assert float(pixels.std()) == pytest.approx(0.30811, abs=1e-5)


def test_cifar10_s_test_split_has_a_thousand_of_each_class() -> None:
    require_data("cifar10")
    test = load("cifar10")
    check(test, 10_000, (3, 32, 32), 10)
    assert test.classes == CLASSES
    assert test.labels.bincount().tolist() == [1000] * 10


@pytest.mark.long
def test_cifar10_s_training_split_is_the_original() -> None:
    require_data("cifar10")
    train = load("cifar10", train=True)
    check(train, 50_000, (3, 32, 32), 10)
    assert train.labels.bincount().tolist() == [5000] * 10
    means = [float(train.pixels[:, channel].double().mean()) / 255 for channel in range(3)]
    assert means == pytest.approx([0.49140, 0.48216, 0.44653], abs=1e-5)


def png(pixels: np.ndarray) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def write_parquet(path: Path, pixels: np.ndarray, labels: list[int]) -> None:
    """A file in the layout of the Hugging Face hub; ``pixels`` (N, H, W, 3)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    img = [{"bytes": png(image), "path": f"{i}.png"} for i, image in enumerate(pixels)]
    parquet.write_table(arrow.table({"img": img, "label": labels}), path)


def test_cifar10_reads_parquet_files_in_order(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), dtype=np.uint8)
    write_parquet(tmp_path / "cifar10/test-00001-of-00002.parquet", pixels[3:], [9, 2])
    write_parquet(tmp_path / "cifar10/test-00000-of-00002.parquet", pixels[:3], [7, 0, 1])
    write_parquet(tmp_path / "cifar10/train-00000-of-00001.parquet", pixels[::-1], [0, 1, 2, 3, 4])
    found = load("cifar10", root=tmp_path)
    assert torch.equal(found.pixels, torch.from_numpy(pixels).permute(0, 3, 1, 2))
    assert found.labels.tolist() == [7, 0, 1, 9, 2]
    assert load("cifar10", train=True, root=tmp_path).labels.tolist() == [0, 1, 2, 3, 4]


def _cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:200])


def _other_columns(path: Path) -> None:
    parquet.write_table(arrow.table({"image": [1], "label": [2]}), path)


def _no_picture(path: Path) -> None:
    parquet.write_table(arrow.table({"img": [{"bytes": b"GIF?", "path": ""}], "label": [2]}), path)


@pytest.mark.parametrize("spoil", [_cut_short, _other_columns, _no_picture])
def test_a_damaged_parquet_file_is_said_to_be_unreadable(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    file = tmp_path / "cifar10/test-0.parquet"
    write_parquet(file, np.zeros((2, 32, 32, 3), np.uint8), [0, 1])
    spoil(file)
    with pytest.raises(DataNotFoundError, match="nothing readable under"):
        load("cifar10", root=tmp_path)


@pytest.mark.parametrize("name", [name for name, entry in DATASETS.items() if not entry.embedded])
@pytest.mark.parametrize("train", [True, False])
def test_absent_data_are_named_with_the_way_out(name: str, train: bool, tmp_path: Path) -> None:
    with pytest.raises(DataNotFoundError) as caught:
        load(name, train=train, root=tmp_path)
    message = str(caught.value)
    assert message.startswith(f"zoo.load({name!r}): "), "the call"
    assert f"nothing readable under {str(tmp_path)!r}" in message, "what was found"
    assert "allow the download" in message, "what to do"
    assert "OPENBOX_DATA" in message
    assert "'digits' is always there" in message
    assert isinstance(caught.value.__cause__, Exception)
    assert not list(tmp_path.iterdir()), "nothing was created"


@pytest.mark.parametrize("name", ["mnist", "cifar10"])
def test_a_download_goes_through_torchvision_and_a_failed_one_says_so(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def fail(url: str, *arguments: object, **settings: object) -> None:
        asked.append(url)
        raise URLError("no route to host")

    module = torchvision.datasets.mnist if name == "mnist" else torchvision.datasets.cifar
    monkeypatch.setattr(module, "download_and_extract_archive", fail)
    with pytest.raises(DataNotFoundError) as caught:
        load(name, root=tmp_path, download=True)
    assert asked
    assert all(url.startswith("http") for url in asked)
    message = str(caught.value)
    assert message.startswith(f"zoo.load({name!r}): ")
    assert "the download failed: check the network" in message
    assert "OPENBOX_DATA" in message


def test_nothing_is_downloaded_unasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object, **settings: object) -> None:
        raise AssertionError("a download nobody asked for")

    for module in (torchvision.datasets.mnist, torchvision.datasets.cifar):
        monkeypatch.setattr(module, "download_and_extract_archive", fail)
    for name in ("mnist", "cifar10"):
        with pytest.raises(DataNotFoundError):
            load(name, root=tmp_path)


def write_pictures(root: Path) -> None:
    """Pictures as users have them: wide, tall, grey, with transparency; 2 of ``cat``, 2 of ``dog``."""
    for split in ("train", "test"):
        for name in ("cat", "dog"):
            (root / split / name).mkdir(parents=True)
        wide = np.zeros((40, 100, 3), np.uint8)
        wide[:, 30:70, 0] = 255  # red in the middle, black outside
        Image.fromarray(wide).save(root / split / "cat/wide.png")
        tall = np.full((90, 48), 200, np.uint8)
        Image.fromarray(tall).save(root / split / "cat/tall_and_grey.png")
        clear = np.zeros((32, 32, 4), np.uint8)
        clear[..., 1], clear[..., 3] = 255, 128
        Image.fromarray(clear).save(root / split / "dog/half_clear.png")
        tiny = np.full((5, 7, 3), 64, np.uint8)
        Image.fromarray(tiny).save(root / split / "dog/tiny.jpg")


def test_a_folder_of_pictures_is_fitted_and_cropped(tmp_path: Path) -> None:
    write_pictures(tmp_path)
    for train in (True, False):
        found = load(f"folder:{tmp_path}", train=train)
        assert found.shape == (3, 32, 32)
        assert found.pixels.dtype == torch.uint8
        assert found.classes == ("cat", "dog")
        assert found.labels.tolist() == [0, 0, 1, 1]
        tall, wide, clear, tiny = found.pixels
        assert bool(((tall.int() - 200).abs() <= 2).all()), "grey becomes three equal channels"
        assert bool((wide[0, :, 2:-2] > 250).all()), "the centre is kept: red only"
        assert bool((wide[1:] < 5).all())
        assert bool((clear[1] > 100).all())
        assert bool((tiny.int() - 64).abs().max() <= 4), "small ones are enlarged"


def test_a_missing_split_is_named_with_the_layout_that_is_expected(tmp_path: Path) -> None:
    write_pictures(tmp_path)
    for picture in (tmp_path / "test").rglob("*.*"):
        picture.unlink()
    with pytest.raises(DataNotFoundError, match="cat"):
        load(f"folder:{tmp_path}")  # a class without a picture
    for folder in ("test/cat", "test/dog", "test"):
        (tmp_path / folder).rmdir()
    with pytest.raises(DataNotFoundError) as caught:
        load(f"folder:{tmp_path}")
    message = str(caught.value)
    assert f"zoo.load('folder:{tmp_path}')" in message
    assert f"{tmp_path / 'test'} does not exist" in message
    assert "<class>/<picture>" in message


def test_a_file_that_is_no_picture_is_no_traceback(tmp_path: Path) -> None:
    write_pictures(tmp_path)
    (tmp_path / "test/cat/broken.png").write_bytes(b"not a picture")
    with pytest.raises(DataNotFoundError):
        load(f"folder:{tmp_path}")


def test_an_unknown_name_lists_the_known_ones() -> None:
    for call in (lambda: load("imagenet"), lambda: dataset("imagenet")):
        with pytest.raises(UnknownNameError) as caught:
            call()
        assert "unknown data set 'imagenet'" in str(caught.value)
        assert all(name in str(caught.value) for name in [*DATASETS, "folder:PATH"])
        assert isinstance(caught.value, OpenBoxError)


def test_the_root_is_the_argument_then_the_variable_then_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBOX_DATA", "/from/the/variable")
    assert data_root("/from/the/argument") == Path("/from/the/argument")
    assert data_root(Path("/from/the/argument")) == Path("/from/the/argument")
    assert data_root() == Path("/from/the/variable")
    monkeypatch.setenv("OPENBOX_DATA", "")
    assert data_root() == Path("data")
    monkeypatch.delenv("OPENBOX_DATA")
    assert data_root() == Path("data")


def test_load_looks_where_the_variable_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_parquet(tmp_path / "cifar10/test-0.parquet", np.zeros((1, 32, 32, 3), np.uint8), [4])
    monkeypatch.setenv("OPENBOX_DATA", str(tmp_path))
    assert load("cifar10").labels.tolist() == [4]
    with pytest.raises(DataNotFoundError, match="elsewhere"):
        load("cifar10", root=tmp_path / "elsewhere")
