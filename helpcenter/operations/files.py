"""What is written appears whole or not at all, and is there after a loss of power."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkstemp


@contextmanager
def whole(file: Path) -> Iterator[Path]:
    """A name to write to. Only what was written without an error gets the name that was asked for; never over another.

    What is half done is left by a kill alone, and its name says so: `.….partial`. `clean` takes it away.
    """
    handle, name = mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=".partial")  # readable by its owner only
    os.close(handle)
    partial = Path(name)
    try:
        yield partial
        _to_disk(partial)
        os.link(partial, file)  # fails where something is, other than a rename
        _to_disk(file.parent)
    finally:
        partial.unlink(missing_ok=True)


def clean(folder: Path) -> None:
    """Take away what was left half done."""
    for partial in folder.glob(".*.partial*"):
        partial.unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
