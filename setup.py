"""The bundled regions travel with the package: ``instances/`` becomes ``optimizer/bundled``.

Everything else about the build stands in ``pyproject.toml``.
"""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["optimizer*"]), "optimizer.bundled"],
    package_dir={"optimizer.bundled": "instances"},
)
