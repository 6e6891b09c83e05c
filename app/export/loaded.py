"""The lines of saved code that load the network of a view. No Streamlit."""

from ui.sources import AnyNetwork, OwnNetwork


def loaded(network: AnyNetwork) -> tuple[str, str]:
    """What is imported, and the expression that is the module."""
    if isinstance(network, OwnNetwork):
        return (
            "from openbox.zoo.own.models import load_model",
            f"load_model({network.factory!r}, {network.weights!r})",
        )
    return "from openbox.zoo import load_checkpoint", f"load_checkpoint({network.name!r}).model"
