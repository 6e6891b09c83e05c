"""``Fact``: one number of a study of a whole network, and the files they lie in."""

import csv
import io
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from openbox.errors import InputError


@dataclass(frozen=True)
class Fact:
    """``network`` with its ``setting``; ``table`` it is in, ``item`` a row, ``metric`` a column of it.

    ``value`` None: there is none, and ``note`` says why.
    """

    network: str
    setting: str
    table: str
    item: str
    metric: str
    value: float | None
    note: str = ""


def row(
    network: str, setting: str, table: str, item: str, metrics: Iterable[str], values: Iterable[float | None]
) -> list[Fact]:
    """The facts of one row of a table, a value for each metric."""
    return [
        Fact(network, setting, table, item, metric, value)
        for metric, value in zip(metrics, values, strict=True)
    ]


COLUMNS = [field.name for field in fields(Fact)]


def to_csv(facts: Iterable[Fact]) -> str:
    """With a header; every digit of the values."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for fact in facts:
        fields_of = asdict(fact)
        fields_of["value"] = "" if fact.value is None else repr(float(fact.value))
        writer.writerow(fields_of)
    return out.getvalue()


def read_facts(path: Path) -> list[Fact]:
    """Those of a file that ``to_csv`` made; raises ``InputError``."""
    try:
        with path.open(newline="") as file:
            reader = csv.DictReader(file)
            if reader.fieldnames != COLUMNS:
                raise InputError(f"{path} has the columns {reader.fieldnames}, expected {COLUMNS}")
            return [Fact(**{**one, "value": float(one["value"]) if one["value"] else None}) for one in reader]
    except (OSError, ValueError, TypeError) as error:
        raise InputError(f"{path} holds no facts of a study ({error})") from error
