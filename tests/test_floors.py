"""Imports only point down: the floors of the house, kept by reading every import statement."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[1]
FLOORS = (
    {"openbox.errors", "openbox.files", "openbox.face", "openbox.command"},
    {"openbox.shapes", "openbox.progress", "openbox.module", "openbox.display"},
    {"openbox.program.gates"},
    {"openbox.program"},
    {"openbox.tracing", "openbox.linearize"},
    {"openbox.geometry.view", "openbox.geometry.bounds", "openbox.geometry"},
    {"openbox.geometry.regions"},
    {"openbox.geometry.partition", "openbox.geometry.counterfactuals"},
    {"openbox.geometry.clusters"},
    {"openbox.serialization"},
    {"openbox.network"},
    {"openbox.sequences"},
    {"openbox.opening"},
    {"openbox"},
    {"openbox.explainers", "openbox.zoo.data", "openbox.zoo.family"},
    {"openbox.zoo.networks"},
    {"openbox.explainers.layered", "openbox.zoo.title_reader"},
    {"openbox.zoo.recurrent_readers"},
    {"openbox.zoo.readers"},
    {
        "openbox.explainers.exact", "openbox.explainers.perturbation", "openbox.explainers.paths",
        "openbox.explainers.class_maps", "openbox.explainers.baselines", "openbox.explainers.sensitivity",
        "openbox.explainers.reversal",
        "openbox.zoo.own", "openbox.zoo.training",
    },
    {"openbox.zoo"},
    {"openbox.text.explanation", "openbox.text.open_reader"},
    {"openbox.text", "openbox.gallery", "openbox.decoupling", "openbox.cnn_inte", "openbox.similar"},
    {"openbox.zoo.own.command", "openbox.zoo.training.command", "openbox.zoo.training.options"},
    {"openbox.__main__", "openbox.zoo.train", "openbox.zoo.dblp", "openbox.gallery.__main__"},
    {
        "evaluation.command",
        "evaluation.case",
        "evaluation.files",
        "evaluation.conditions",
        "evaluation.schema",
    },
    {"evaluation.measurement"},
    {"evaluation.rows", "evaluation.fills", "evaluation.cost", "evaluation.engines", "evaluation.parse"},
    {"evaluation.scores.parts", "evaluation.bench.conduct", "evaluation.titles"},
    {"evaluation.scores"},
    {
        "evaluation.runner.plan",
        "evaluation.bench.linearize",
        "evaluation.bench.app", "evaluation.bench.capture", "evaluation.bench.flip",
        "evaluation.bench.geometry",
    },
    {"evaluation.runner.shards"},
    {"evaluation.runner.shards.titles"},
    {"evaluation.runner.shards.work"},
    {"evaluation.runner", "evaluation.bench", "evaluation.whole"},
    {"evaluation.decoupling", "evaluation.cnn_inte", "evaluation.models"},
    {"evaluation.models.titles"},
    {"evaluation.models.command"},
    {"evaluation.leaderboard.grouping"},
    {"evaluation.leaderboard.statistics"},
    {"evaluation.leaderboard.tables"},
    {"evaluation.leaderboard"},
    {"evaluation.table"},
    {"evaluation"},
    {"app.language"},
    {"app.work"},
    {"app.ui", "app.geometry.plane"},
    {"app.export"},
    {"app.geometry.drawing"},
    {"app.explain", "app.gallery", "app.geometry", "app.leaderboard", "app.text", "app.whole"},
    {"app.models", "app.lesson", "app.explain.saving"},
    {"app.app_pages", "app.streamlit_app"},
)  # fmt: skip
SHARED = "evaluation.schema"  # the columns of the files that the harness writes and the app reads
TAB = "evaluation.bench.app.tab"  # a tab without a browser: it speaks the protocol, and no more
CORE = 13  # the floors up to this one need torch, NumPy and SciPy only


def floor(module: str) -> int:
    """The floor of the longest listed prefix of a module's name."""
    parts = module.split(".")
    for length in range(len(parts), 0, -1):
        for number, members in enumerate(FLOORS):
            if ".".join(parts[:length]) in members and (
                length > 1 or len(parts) == 1 or parts[0] != "openbox"
            ):
                return number
    raise AssertionError(f"{module} stands on no floor: add it to FLOORS")


def files() -> dict[str, Path]:
    found = {}
    for package in ("openbox", "evaluation", "app"):
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            found[name] = path
    return found


def room(name: str, modules: dict[str, Path]) -> Path:
    """The folder that a module lies in."""
    return modules[name].parent


def imports(path: Path) -> set[str]:
    """Every module that a file imports, at the top or inside a function; the app's without "app."."""
    package = path.parent.relative_to(ROOT).parts
    harness = package[0] == "evaluation"  # the wheel calls it openbox_evaluation, so it must not name itself
    stub = path.with_suffix(".pyi")  # the face of a package
    text = path.read_text() + (stub.read_text() if stub.exists() else "")
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            named = {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level or harness, f"{path}: relative import"
            parts = (*package[: len(package) - node.level + 1], node.module) if node.level else (node.module,)
            named = {".".join(part for part in parts if part)}
        else:
            continue
        own = not isinstance(node, ast.ImportFrom) or node.level == 0
        assert not (harness and own and any(i.split(".")[0] == "evaluation" for i in named)), (
            f"{path}: {named}; import it relatively"
        )
        found |= named
    return found


def test_imports_point_down() -> None:
    modules = files()
    assert len(modules) > 20
    for name, path in modules.items():
        own = "app." if name.startswith("app.") else ""
        for imported in imports(path):
            if own + imported in modules and not imported.startswith("openbox"):
                imported = own + imported
            if imported.split(".")[0] not in ("openbox", "evaluation", "app"):
                continue
            sides = {name.split(".")[0], imported.split(".")[0]}
            assert sides != {"app", "evaluation"} or imported == SHARED, f"{name}: {imported}"
            mine, theirs = floor(name), floor(imported)
            neighbours = room(name, modules) == room(imported, modules)
            assert theirs < mine or neighbours, f"{name} (floor {mine}) imports {imported} (floor {theirs})"


def test_the_core_needs_torch_numpy_and_scipy_only() -> None:
    standard = {"torch", "numpy", "scipy", "openbox"}
    for name, path in files().items():
        if name.split(".")[0] == "openbox" and floor(name) <= CORE:
            import sys

            outside = {i.split(".")[0] for i in imports(path)} - standard - sys.stdlib_module_names
            assert not outside, f"{name} imports {outside}"


def test_what_computes_does_not_import_streamlit() -> None:
    for name, path in files().items():
        if name.split(".")[0] != "app":
            found = [i for i in imports(path) if i.split(".")[0] == "streamlit"]
            spoken = name == TAB and all(i.startswith("streamlit.proto.") for i in found)
            assert not found or spoken, name


def test_one_word_has_one_meaning() -> None:
    """No two classes of the same name, a leading underscore apart."""
    found: dict[str, list[str]] = {}
    for name, path in files().items():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name.lstrip("_"), []).append(name)
    assert {word: places for word, places in found.items() if len(places) > 1} == {}
