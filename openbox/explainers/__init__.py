"""Explainers behind one table: ``create(name, model, example=...).explain(x, target)``."""

from openbox.explainers.create import Explainer as Explainer
from openbox.explainers.create import create as create
from openbox.explainers.entry import Entry as Entry
from openbox.explainers.explanation import Contrast as Contrast
from openbox.explainers.explanation import Explanation as Explanation
from openbox.explainers.explanation import Receipt as Receipt
from openbox.explainers.explanation import Target as Target
from openbox.explainers.families import FAMILIES as FAMILIES
from openbox.explainers.surrogate import AffineSurrogate as AffineSurrogate
from openbox.explainers.surrogate import PatchSurrogate as PatchSurrogate
from openbox.explainers.surrogate import Surrogate as Surrogate
from openbox.explainers.table import EXPLAINERS as EXPLAINERS
