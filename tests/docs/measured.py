"""What tests measured on one machine and the docs tell: ``docs/measured.xml``, JUnit's form.

    pytest -n 0 -m "long or not long" -o junit_family=xunit1 --junitxml=docs/measured.xml \\
        -k "opened_exactly or neighbours_by_decisions or four_images" tests
"""

from functools import cache
from xml.etree import ElementTree

from documents import ROOT


@cache
def measured() -> dict[str, str]:
    """The properties that the tests recorded, by name."""
    tree = ElementTree.parse(ROOT / "docs/measured.xml")
    return {entry.attrib["name"]: entry.attrib["value"] for entry in tree.iter("property")}
