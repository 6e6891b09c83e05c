"""The figures of the page Costs are those of the committed benchmarks."""

from documents import BENCHMARKS, page, records, rows
from measured import measured

COSTS = page("docs/costs.md")


def test_the_table_of_opening_is_that_of_the_benchmark() -> None:
    (path,) = BENCHMARKS.glob("linearize-cpu-*.csv")
    ratios = {
        (row["network"], row["batch"], row["question"], row["method"]): float(row["ratio_to_floor_median"])
        for row in records(path)
    }
    table = rows(COSTS, "## Opening")
    assert len(table) == len({key[:2] for key in ratios})
    for name, *figures in table:
        network, batch = name.split(", ")
        methods = ("openbox", "is_grads_batched", "vmap_jacrev", "captum")
        keys = [(network, batch, "classes", method) for method in methods]
        keys.append((network, batch, "contrast", "openbox"))
        assert figures == [f"{ratios[key]:.2f}" for key in keys]
    contrasts = [ratio for key, ratio in ratios.items() if key[2:] == ("contrast", "openbox")]
    assert f"pass: {min(contrasts):.1f} to {max(contrasts):.1f} times its own floor" in COSTS


def test_the_memory_of_a_resnet_is_the_measured_one() -> None:
    peak = measured()["GiB of ResNet-50, 4 images of 224 x 224, 3 classes"]
    assert f"peaks at {float(peak):.1f} GiB" in COSTS


def test_the_table_of_pixel_flipping_is_that_of_the_benchmark() -> None:
    (path,) = BENCHMARKS.glob("flip-cpu-*.csv")
    found = {(row["network"], row["images"], row["steps"], row["method"]): row for row in records(path)}
    table = rows(COSTS, "## Pixel flipping")
    assert len(table) == len({key[:3] for key in found})
    for name, *figures in table:
        network, images, steps = name.removesuffix(" steps").replace(" images", "").split(", ")
        assert figures == [
            f"{float(found[network, images, steps, method]['share_of_floor_median']):.2f}"
            for method in ("openbox", "quantus")
        ]
    spans = [
        float(row["share_of_floor_q3"]) - float(row["share_of_floor_q1"])
        for row in found.values()
        if row["method"] != "floor"
    ]
    assert f"span\nup to {max(spans):.2f}" in COSTS


def test_the_figures_of_the_geometry_are_those_of_the_benchmark() -> None:
    found = [row for path in BENCHMARKS.glob("geometry-cpu-*.csv") for row in records(path)]
    said = [figure for row in found for figure in figures(row)]
    assert len(said) >= 16
    assert [figure for figure in said if figure not in COSTS] == []


def figures(row: dict[str, str]) -> list[str]:
    """How the page says the figures of one row of the benchmark."""
    if row["method"] == "deepfool":
        return [f"DeepFool {float(row['farther_median']):.2f} times as far"]
    if row["method"] not in ("openbox", "region_and_exit"):
        return []
    ratio = float(row["ratio_to_base_median"] or "nan")
    if row["part"] == "exit":
        by = "forward passes by the clock" if row["method"] == "openbox" else "with making"
        return [f"{ratio:.2f} {by}"]
    if row["part"] == "norms":
        return [f"{1 / ratio:.0f} times faster than a loop"]
    if row["part"] == "slice":
        regions = f"{int(row['count']):,} regions | {float(row['per_second']):,.0f} regions/s"
        return [regions + (f", {1 / ratio:.0f} times" if ratio == ratio else "")]
    if row["part"] == "segment":
        return [f"{float(row['passes']):.2f} passes a breakpoint by operations, {ratio:.2f} by the"]
    return [f"{ratio:.1f} times its seconds"]


def test_the_figures_of_the_gpu_are_those_of_its_benchmarks() -> None:
    gpu = COSTS.split("## On a GPU")[1]
    (path,) = BENCHMARKS.glob("linearize-cuda-*.csv")
    ratios = {
        (row["network"], row["batch"], row["question"], row["method"]): row["ratio_to_floor_median"]
        for row in records(path)
    }
    table = rows(gpu, "multiples of the floor")
    assert len(table) == len({key[:2] for key in ratios})
    for name, *said in table:
        network, batch = name.split(", ")
        methods = ("openbox", "is_grads_batched", "vmap_jacrev", "captum")
        keys = [(network, batch, "classes", method) for method in methods]
        keys.append((network, batch, "contrast", "openbox"))
        assert said == [f"{float(ratios[key]):.2f}" if ratios[key] else "wrong" for key in keys]
    (path,) = BENCHMARKS.glob("flip-cuda-*.csv")
    flips = records(path)
    for method, before in (("openbox", "keeps "), ("quantus", "Quantus\n")):
        shares = [float(row["share_of_floor_median"]) for row in flips if row["method"] == method]
        assert f"{before}{min(shares):.2f} to {max(shares):.2f}" in gpu
    (path,) = BENCHMARKS.glob("geometry-cuda-*.csv")
    expected = [figure for row in records(path) for figure in gpu_figures(row)]
    assert len(expected) == 8
    assert [figure for figure in expected if figure not in gpu] == []


def gpu_figures(row: dict[str, str]) -> list[str]:
    """How the page says the figures of one row of the benchmark on a GPU."""
    if row["method"] not in ("openbox", "region_and_exit"):
        return []
    ratio = float(row["ratio_to_base_median"] or "nan")
    if row["part"] == "norms":
        return [f"{1 / ratio:,.0f} times faster than a loop"]
    if row["part"] == "slice":
        return [f"{int(row['count']):,} regions | {float(row['per_second']):,.0f} regions/s |"]
    if row["part"] == "segment":
        return [f"{float(row['passes']):.2f} passes a breakpoint by operations, {ratio:.1f} by the clock"]
    return figures(row)


def test_deepfool_is_nearer_on_none() -> None:
    found = [row for path in BENCHMARKS.glob("geometry-cpu-*.csv") for row in records(path)]
    deepfool = [row for row in found if row["method"] == "deepfool"]
    assert "It was nearer on none" in " ".join(COSTS.split())
    assert {row["not_nearer"] for row in deepfool} <= {"1", "1.0"}
    failed = {round((1 - float(row["success"])) * int(row["count"])) for row in deepfool}
    assert failed == {2, 3}, "the page says: on two to three of the 8 it does not"
