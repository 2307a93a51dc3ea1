"""The one place through which eth-account and eth-keyfile are imported.

Importing either raises the interpreter's recursion limit to 100,000 (py_ecc does), with which deeply nested JSON from
outside crashes Python 3.11. The limit is put back here. Imports stay inside functions, so that what signs nothing
starts fast.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def recursion_limit_kept() -> Iterator[None]:
    """Put the recursion limit back to what it was before the block."""
    before = sys.getrecursionlimit()
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
