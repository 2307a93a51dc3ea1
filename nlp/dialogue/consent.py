"""A yes with anything else in it is not a yes: the words that make one a change, a condition, a doubt or a question."""

import re

from nlp.assemble.reading import Reading, Utterance

NOT_ALONE = "this is more than a yes; say yes alone, or say what is to be changed"
CONTRARY = re.compile(
    r"(?i)\b(?:pass|but|unless|if|(?:as|so)\s+long\s+as|provid(?:ed|ing)|better|rather|instead|make\s+(?:it|that)(?!\s+(?:so|happen)\b)|whole|half"
    r"|until|till|except|wait|hold\s+on|stop|later|tomorrow|maybe|perhaps|think|not\s+(?:yet|sure|so)|once|when|after|no\s+more\s+than|at\s+most"
    r"|only|change|minus|plus|less|more|cheaper|lower|higher)\b|\?"
)


def is_more_than_yes(utterance: Utterance, reading: Reading) -> bool:
    """Whether what the model takes for a confirmation says something else as well."""
    said = utterance.text[utterance.words[reading.first].start : utterance.words[reading.last].end]
    return reading.intent == "confirm" and CONTRARY.search(said) is not None
