"""Compounds: two to four single-intent templates joined as people join requests, and a chain named for all of them."""

import hashlib
from random import Random

from nlp.corpus.template import Hole, Piece, Section, Template
from nlp.schema import INTENTS

JOINTS = (" and ", " then ", ", then ", " and then ", " & ", "; ", ". ", ", ", " plus ", ", also ", " and also ", " after that ", ", after that ", ", and ",
          " and after that ", ". then ", ". after that, ", "\n", " + ", " as well as ", ". also ", " followed by: ", " then also ", ", next ", " -> ", " and finally ",
          ". and ", "... then ", " and once that's done ", ", when done ", " afterwards ", " and while you're at it ", ". oh and ", " next up ")  # fmt: skip
WHOLE_BEFORE = ("on {}, ", "on {}: ", "on {} ", "using {}: ", "over on {}, ", "all on {}: ", "both on {}: ")
WHOLE_AFTER = (
    ", both on {}",
    " both on {}",
    ", all on {}",
    " all of it on {}",
    " (everything on {})",
    ", all of this on {}",
    " everything on {}",
)
NO_PART = frozenset(
    [
        "ask",
        "complaint",
        "confirm",
        "reject",
        "greet",
        "thanks",
        "help",
        "out_of_scope",
        "analyze_agreement",
        "evaluate_strategy",
        "sign_message",
        "deploy",
        "amend",
        "again",
        "reverse",
    ]
)
MULTI = Section("multi")


def composable(template: Template) -> bool:
    """Whether a template may be part of a compound: one request, no free text, no question about nothing in particular."""
    return (
        len(template.intents) == 1
        and template.intents[0] not in NO_PART
        and not template.section.conversational
        and not any(
            isinstance(piece, Hole) and piece.name in ("args", "t.other", "x.limit") for piece in template.pieces
        )
    )


def compose(parts: tuple[Template, ...], rng: Random) -> Template:
    """One template from several, their connecting words inside the later segment."""
    numbered = len(parts) == 2 and rng.random() < 0.12
    pieces: list[Piece] = []
    joints = []
    for index, part in enumerate(parts):
        joint = "" if index == 0 else rng.choice(JOINTS)
        if numbered:
            joint = ("first ", rng.choice((", second ", " and second ", ", then second ", ". second, ")))[index]
        joints.append(joint)
        body = list(part.pieces[1:])
        pieces += [part.pieces[0], *_joined(joint, _closed(body) if index < len(parts) - 1 else body)]
    pieces = _with_chain(pieces, rng) if _whole_chain(parts, rng) else pieces
    source = "+".join(part.source for part in parts)
    return Template("+".join(part.id for part in parts), source, MULTI, tuple(pieces))


def composed_key(template: Template) -> str:
    """A short name of a compound's skeleton, for counting."""
    return hashlib.sha256(template.skeleton.encode()).hexdigest()[:16]


def _joined(joint: str, body: list[Piece]) -> list[Piece]:
    if body and isinstance(body[0], str):
        return [joint + body[0], *body[1:]]
    return [joint, *body] if joint else body


def _closed(body: list[Piece]) -> list[Piece]:
    """Without the final stop of a sentence that goes on."""
    if body and isinstance(body[-1], str):
        return [*body[:-1], body[-1].rstrip("?.! ")]
    return body


def _whole_chain(parts: tuple[Template, ...], rng: Random) -> bool:
    takes = all("chain" in INTENTS[part.intents[0]].slots for part in parts)
    named = any(isinstance(piece, Hole) and "chain" in piece.name for part in parts for piece in part.pieces)
    return takes and not named and rng.random() < 0.3


def _with_chain(pieces: list[Piece], rng: Random) -> list[Piece]:
    hole = Hole("chain", True, "", None)
    if rng.random() < 0.5:
        left, right = rng.choice(WHOLE_BEFORE).split("{}")
        return [pieces[0], left, hole, *_joined(right, pieces[1:])]
    left, right = rng.choice(WHOLE_AFTER).split("{}")
    return [*_closed(pieces), left, hole, right]


def choose_parts(pool: dict[str, list[Template]], rng: Random) -> tuple[Template, ...]:
    """Two, at times three or four templates to join; writes more often than reads."""
    intents = sorted(pool)
    weights = [
        3.0 if INTENTS[intent].kind == "write" else 2.0 if intent in ("balance", "price", "gas", "portfolio") else 1.0
        for intent in intents
    ]
    count = rng.choices((2, 3, 4), (80, 16, 4))[0]
    return tuple(rng.choice(pool[intent]) for intent in rng.choices(intents, weights, k=count))
