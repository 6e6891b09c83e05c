"""Explainers behind one table: ``create(name, model, example=...).explain(x, target)``."""

from openbox.explainers.explanation import Contrast as Contrast
from openbox.explainers.explanation import Explanation as Explanation
from openbox.explainers.explanation import Receipt as Receipt
from openbox.explainers.explanation import Target as Target
from openbox.explainers.surrogate import AffineSurrogate as AffineSurrogate
from openbox.explainers.surrogate import PatchSurrogate as PatchSurrogate
from openbox.explainers.surrogate import Surrogate as Surrogate
from openbox.explainers.table import EXPLAINERS as EXPLAINERS
from openbox.explainers.table import Entry as Entry
from openbox.explainers.table import Explainer as Explainer
from openbox.explainers.table import create as create
