"""The parser as the faces use it, and the text that they hand to it."""

from nlp.parser import Parser


def load_parser() -> Parser:
    """The parser over the shipped model. Raises ModelNotReady where there is none that can run."""
    from nlp.model.runtime import Predictor

    return Parser(Predictor())
