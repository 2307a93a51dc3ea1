"""The one list of third-party warnings that are known to be harmless, by message and module; ours stay errors."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

KNOWN = (
    (r".*copying from a non-meta parameter in the checkpoint to a meta parameter.*", r"torch\..*"),
    (r".*lr_scheduler\.step\(\)` before `optimizer\.step\(\).*", r"torch\..*"),
    (r".*torch\.jit\.script.*is deprecated.*", r"torch\..*"),
    (r".*is deprecated.*", r"(peft|transformers|accelerate)\..*"),
)


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """Ignore the known warnings, and keep transformers' progress bars and load reports off stderr, inside the block."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            for message, module in KNOWN:
                warnings.filterwarnings("ignore", message=message, module=module)
            yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()
