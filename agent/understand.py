"""The parser as the faces use it, and the text that they hand to it."""

from nlp.parser import Parser


def load_parser() -> Parser:
    """The parser over the shipped model and its calibration. Raises WeightsUnfit where they cannot be used together."""
    from nlp.calibration import read_calibration
    from nlp.model.runtime import Predictor
    from nlp.model.weights import SHIPPED, weights_digest

    return Parser(Predictor(), read_calibration(SHIPPED.parent, weights_digest()))
