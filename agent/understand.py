"""The parser as the faces use it."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from agent.home import home_from
from nlp.errors import WeightsUnfit

if TYPE_CHECKING:
    from nlp.parser import Parser


def load_parser() -> "Parser":
    """The parser over the model that learnt from this person, where there is one, and else over the shipped one.

    Raises WeightsUnfit where weights and calibration cannot be used together; EncoderMissing, EncoderAltered.
    """
    from nlp.model.weights import SHIPPED

    own = home_from(os.environ).model
    if not own.is_file():
        return _parser(SHIPPED)
    try:
        return _parser(own)
    except WeightsUnfit as error:
        raise WeightsUnfit(
            f"The model that learnt from you cannot be used: {error.happened}",
            remedy="Go back to the shipped one: sayso feedback unlearn.",
        ) from error


def _parser(weights: Path) -> "Parser":
    """The model is opened beside the rules' import: each takes a core of its own, and a command starts a sixth sooner."""
    from concurrent.futures import ThreadPoolExecutor

    from nlp.calibration import read_calibration
    from nlp.model.export import ensure_export
    from nlp.model.runtime import Predictor
    from nlp.model.weights import weights_digest

    with ThreadPoolExecutor(1) as beside:
        predictor = beside.submit(Predictor, ensure_export(weights))
        from nlp.parser import Parser

        return Parser(predictor.result(), read_calibration(weights.parent, weights_digest(weights)))
