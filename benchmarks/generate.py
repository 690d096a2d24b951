"""Write N scenario files into a folder: python benchmarks/generate.py FOLDER N"""

from __future__ import annotations

import sys
from pathlib import Path

import flow


def generate(folder: Path, count: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        (folder / f"bench-{number:04}.yaml").write_text(flow.scenario(number), encoding="utf-8")


if __name__ == "__main__":
    generate(Path(sys.argv[1]), int(sys.argv[2]))
