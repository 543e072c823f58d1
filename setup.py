"""The wheel carries the law as data: `policies/` lies beside the package in a checkout and inside it when installed."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithPolicies(build_py):
    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            shutil.copytree("policies", Path(self.build_lib, "minzheng", "policies"), dirs_exist_ok=True)


setup(cmdclass={"build_py": BuildWithPolicies})
