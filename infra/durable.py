"""Files that are whole or absent, whatever happens to the machine meanwhile."""

import os
from pathlib import Path


def sync_directory(path: Path) -> None:
    """Make a rename in that directory itself durable (fsync(2))."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
