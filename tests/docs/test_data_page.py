"""The table of checkpoints is that of their cards."""

from documents import page, rows

from openbox.zoo import list_checkpoints
from openbox.zoo.checkpoints import read_card


def test_the_table_of_checkpoints_is_that_of_the_cards() -> None:
    cards = [read_card(name) for name in list_checkpoints()]
    assert rows(page("docs/data.md"), "## Checkpoints") == [
        [f"`{card.name}`", f"{100 * card.test_accuracy:.2f} %", f"`{card.command}`"] for card in cards
    ]
