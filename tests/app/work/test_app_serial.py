"""Ten thousand maps that many ask for at once are, bit for bit, those made one by one in another process."""

import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import one_by_one
import pytest
from work.desk import Desk
from work.line import Workers

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
REQUESTS, THREADS, PATIENCE = 10_000, 30, 600


@pytest.mark.long
def test_ten_thousand_maps_at_once_have_the_bytes_of_maps_made_one_by_one() -> None:
    paths = os.pathsep.join(map(str, (ROOT / "app", ROOT, HERE)))
    alone = subprocess.run(
        [sys.executable, str(HERE / "one_by_one.py")], env={**os.environ, "PYTHONPATH": paths}, check=True,
        capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip
    expected, asked = alone.stdout.split(), [*one_by_one.jobs()]
    assert len(set(expected)) == len(expected) == len(asked), "no two maps are the same"
    order = [number % len(asked) for number in range(REQUESTS)]
    random.Random(0).shuffle(order)
    line = Workers(2, room=REQUESTS, threads=1)
    try:
        desk = Desk({"quick": line}, kept=len(asked) // 2)  # so that most are made again and again

        def ask(place: int) -> bool:
            number = order[place]
            ticket = desk.ask(asked[number], f"tab {place % THREADS}")
            assert ticket.wait(PATIENCE)
            return one_by_one.digest(desk.collect(ticket)) == expected[number]

        with ThreadPoolExecutor(THREADS) as pool:
            assert all(pool.map(ask, range(REQUESTS)))
    finally:
        line.stop()
