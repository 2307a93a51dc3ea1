"""From kept sentences to weights of the person's own: what can be learnt, and why weights were refused."""

import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from agent.feedback.store import Entry
from chain.errors import Refused, SayDifferently
from nlp.corpus.taught import taught
from nlp.model.learn import REPLAYED, SETTINGS, Correction, Lesson, learn
from nlp.model.weights import SHIPPED

NOT_LEARNT = "Nothing was changed: the model in use stays."


def corrections(entries: Iterable[Entry]) -> list[Correction]:
    """The entries whose meaning is known and stands in their words."""
    told = [(entry.kept, entry.kept.meant) for entry in entries if entry.kept.meant]
    found = [(taught(kept.words, kept.context, meant), meant) for kept, meant in told if meant is not None]
    return [(example, meant) for example, meant in found if example is not None]


def learn_from(
    entries: Iterable[Entry], target: Path, *, epochs: int | None, seed: int | None, replayed: int | None
) -> Lesson:
    """Go on from `target` where it is there, else from the shipped weights. None stands for SETTINGS' own.

    Raises SayDifferently where there is nothing to learn, WeightsUnfit, EncoderMissing, EncoderAltered.
    """
    told = corrections(entries)
    if not told:
        raise SayDifferently(
            "There is nothing to learn: of no entry it is known what it meant.",
            not_done=NOT_LEARNT,
            remedy='See: sayso feedback list. Then: sayso feedback meant NUMBER "in other words".',
        )
    config = replace(SETTINGS, epochs=epochs or SETTINGS.epochs, seed=SETTINGS.seed if seed is None else seed)
    start = target if target.is_file() else SHIPPED
    with tempfile.TemporaryDirectory(prefix="sayso-learn-") as work:
        return learn(told, start, Path(work), target, config=config, replayed=replayed or REPLAYED)


def refusal(lesson: Lesson) -> Refused:
    """Why the new weights do not stand, in figures."""
    before, after = lesson.before, lesson.after
    return Refused(
        f"The new weights were refused: of {before.lines} held-out lines they read {after.exact} rightly "
        f"(before: {before.exact}) and {after.unsafe} unsafely (before: {before.unsafe}).",
        not_done=NOT_LEARNT,
        remedy="Look whether every entry means what it says (sayso feedback list), or try another --seed.",
    )
