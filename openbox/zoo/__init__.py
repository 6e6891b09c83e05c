"""Networks, data, training and checkpoints: real parts to open."""

from openbox.zoo.checkpoints import Card as Card
from openbox.zoo.checkpoints import Checkpoint as Checkpoint
from openbox.zoo.checkpoints import list_checkpoints as list_checkpoints
from openbox.zoo.checkpoints import load_checkpoint as load_checkpoint
from openbox.zoo.data import DATASETS as DATASETS
from openbox.zoo.data import Images as Images
from openbox.zoo.data import load as load
from openbox.zoo.networks import NETWORKS as NETWORKS
from openbox.zoo.networks import build as build
