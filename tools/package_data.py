"""Puts what lies beside the package into the wheel: `switchboard/_data/`, where `switchboard.shipped` looks.

setuptools takes along only what lies inside a package. Moving these folders there would hide the files that
people are meant to edit, so they are copied while building instead.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools.command.build_py import build_py

FOLDERS = ("asterisk-conf", "dialplan", "docs", "prompts")
FILES = ("routing_rules.yaml", "routing_rules.calls.yaml")
PACKED = Path("switchboard", "_data")


class BuildWithData(build_py):
    """setuptools' own, and then the files beside the package.

    An editable install is left alone: its package lies in the clone, and finds them there.
    """

    def run(self) -> None:
        # setuptools builds into what an earlier build left: modules removed since must not come along
        if not self.editable_mode:
            shutil.rmtree(Path(self.build_lib, "switchboard"), ignore_errors=True)
        super().run()
        for target, source in self._beside().items():
            Path(target).parent.mkdir(parents=True, exist_ok=True)
            self.copy_file(source, target, preserve_mode=False)

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        return [*super().get_outputs(include_bytecode), *self._beside()]

    def get_output_mapping(self) -> dict[str, str]:
        return {**super().get_output_mapping(), **self._beside()}

    def get_source_files(self) -> list[str]:
        """What a source distribution needs, for a wheel to be built from it."""
        return [*super().get_source_files(), *self._beside().values(), "tools/package_data.py"]

    def _beside(self) -> dict[str, str]:
        """Where to → where from."""
        if self.editable_mode:
            return {}
        found = [Path(name) for name in FILES]
        for folder in FOLDERS:
            found += sorted(p for p in Path(folder).rglob("*") if p.is_file() and p.name[-1] != "~")
        return {str(Path(self.build_lib) / PACKED / path): str(path) for path in found}
