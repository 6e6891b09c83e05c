"""``run.json``: which study a folder holds, and which row files make up its table."""

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openbox.zoo.checkpoints import read_card

from ..conditions import Conditions
from ..files import write_by_rename
from .plan.shard import cut
from .plan.study import Study
from .shards.testbed import checkpoint_name
from .shards.work import row_keys

FILE = "run.json"


@dataclass(frozen=True)
class Manifest:
    """``rows``: the keys of the Parquet files in ``rows/``, in the order of the study."""

    run_id: str
    config_sha: str
    target: str
    rows: tuple[str, ...]


def plan(study: Study) -> Manifest:
    """What a finished run of this study consists of. Raises ``UnknownNameError`` or ``CheckpointError``."""
    weights = {
        (network.dataset, network.model, seed): read_card(
            checkpoint_name(network.dataset, network.model, seed)
        ).sha256
        for network in study.networks
        for seed in network.model_seeds
    }
    keys = [
        key
        for shard in cut(study)
        for key in row_keys(study, shard, weights[shard.dataset, shard.model, shard.model_seed]).values()
    ]
    return Manifest(study.run_id, study.config_sha, study.target, tuple(keys))


def write_manifest(folder: Path, study: Study, manifest: Manifest, machine: Conditions) -> str:
    """Say beside the rows what they belong to: the study in full, its files, and who worked on them.

    ``machines`` are those that have started this very study in this folder, each as it was then. Returns
    the run that the folder held until now, if that was another one; its rows stay.
    """
    older = _run_id(folder / FILE)
    about = dataclasses.asdict(manifest) | {"study": dataclasses.asdict(study)}
    machines = [*_machines(folder / FILE, study), dataclasses.asdict(machine)]
    about["machines"] = [one for i, one in enumerate(machines) if one not in machines[:i]]
    write_by_rename("run", folder / FILE, lambda file: file.write_text(json.dumps(about, indent=1) + "\n"))
    return older if older != study.run_id else ""


def _run_id(path: Path) -> str:
    try:
        return str(json.loads(path.read_text())["run_id"])
    except (OSError, ValueError, TypeError, KeyError):
        return ""


def _machines(path: Path, study: Study) -> list[Any]:
    """Those of an earlier start; a card that is damaged or of another study has none."""
    try:
        card = json.loads(path.read_text())
        return list(card["machines"]) if card["config_sha"] == study.config_sha else []
    except (OSError, ValueError, TypeError, KeyError):
        return []
