"""The decoupled network that comes with OpenBox, for the page of the app."""

from torch import nn

from openbox.decoupling.training import DecouplingRecipe, load_decoupled
from openbox.errors import CheckpointError
from openbox.zoo.checkpoints import checkpoint_folder, load_checkpoint

NAME = "digits-cnn-seed0"
COMMAND = (
    f"python -m evaluation decouple --checkpoints {NAME} --rates 0.5 --epochs 60 --images 0 --attacks none"
)


def load_shipped() -> tuple[nn.Module, nn.Module]:
    """The network before, and with its controllers; raises ``CheckpointError`` and says how to make it."""
    before = load_checkpoint(NAME)
    recipe = DecouplingRecipe("digits", "cnn", epochs=60, weights=before.card.sha256)
    path = checkpoint_folder() / "decoupled" / f"{recipe.name}.safetensors"
    try:
        return before.model, load_decoupled(recipe, before.model, path)
    except CheckpointError as error:
        raise CheckpointError(f"{error}; make it anew: {COMMAND}") from error
