"""The table of the families: what shows each of them, and returns what it showed."""

from collections.abc import Callable

from export.view import SavedView

from gallery.attended import show_attention
from gallery.changed import show_change
from gallery.constrained import show_constraint
from gallery.influential import show_data
from gallery.maximised import show_maximisation

SECTIONS: dict[str, Callable[[], SavedView]] = {
    "maximisation": show_maximisation,
    "data": show_data,
    "change": show_change,
    "constraint": show_constraint,
    "attention": show_attention,
}
