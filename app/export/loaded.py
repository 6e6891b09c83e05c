"""The network of a view in its files: its name, and the lines of code that load it. No Streamlit."""

from ui.sources import AnyNetwork, OwnNetwork


def named(network: AnyNetwork) -> str:
    """The checkpoint, or the factory of the user's own: the same in every language."""
    return network.factory if isinstance(network, OwnNetwork) else network.name


def loaded(network: AnyNetwork) -> tuple[str, str]:
    """What is imported, and the expression that is the module."""
    if isinstance(network, OwnNetwork):
        return (
            "from openbox.zoo.own.models import load_model",
            f"load_model({network.factory!r}, {network.weights!r})",
        )
    return "from openbox.zoo import load_checkpoint", f"load_checkpoint({network.name!r}).model"
