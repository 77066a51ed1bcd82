"""Writing a file whole or not at all.

Belongs here: the one way in which the program writes files of the fact base.  Does not belong here: what is written.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Puts `text` in the place of the file, which keeps its mode; whoever reads meanwhile sees the old or the new.

    Follows links.  Raises OSError, and then the file is as it was.
    """
    path = path.resolve()
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    # A name that begins with a dot is no fact file to those who look through the folder meanwhile.
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
