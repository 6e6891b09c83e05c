"""What the wheel is made of; everything else about the project stands in pyproject.toml.

The folders at the root have short names, which in site-packages would be everybody's: there the harness is
``openbox_evaluation``, and the smallest of the checkpoints lies in ``openbox/zoo/packaged``.
"""

import sys

from setuptools import find_packages, setup

FOLDERS = {"openbox_evaluation": "evaluation", "openbox.zoo.packaged": "checkpoints"}
DATA = {
    "openbox": ["py.typed", "*.pyi"],
    "openbox.zoo": ["*.pyi"],
    "openbox.zoo.data": ["invented.txt", "digits_test.txt"],
    "openbox.zoo.packaged": ["digits-cnn-seed0.*"],
    "openbox_evaluation": ["studies/*.toml"],
    "openbox_evaluation.models": ["studies/*.toml"],
}

rooms = find_packages("evaluation")
packages = [*find_packages(include=["openbox", "openbox.*"]), "openbox_evaluation"]
packages += [f"openbox_evaluation.{room}" for room in rooms]
if "editable_wheel" in sys.argv:  # a checkout: its names are those of its folders too, and nothing is moved
    packages += ["evaluation", *(f"evaluation.{room}" for room in rooms)]
else:
    packages += ["openbox.zoo.packaged"]

setup(packages=packages, package_dir=FOLDERS, package_data=DATA, include_package_data=False)
