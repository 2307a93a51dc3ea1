"""One labelled utterance, as the corpus makes it and training reads it."""

from dataclasses import dataclass
from typing import Literal

from nlp.types import Context, DialogueState

Split = Literal["train", "validation", "test"]
Labelled = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Example:
    """An utterance with its labels: `segments` are (start, end, intent) and `spans` (start, end, tag), in characters.

    Segments lie in order, do not overlap and cover every word; every span lies inside one segment. `template_id` names
    the template (several joined by '+'), and a template is in one split only.
    """

    text: str
    context: Context
    state: DialogueState
    segments: tuple[Labelled, ...]
    spans: tuple[Labelled, ...]
    template_id: str
    split: Split
