from __future__ import annotations

import argparse


def arguments(parser: argparse.ArgumentParser) -> None: ...


def run(options: argparse.Namespace) -> int:
    return 2
