"""Examples from a seed, balanced over the intents; the data version; and the report of what the corpus covers."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from nlp.corpus import compose, pools
from nlp.corpus.align import snapped
from nlp.corpus.dialogue import state_for
from nlp.corpus.noise import noisy
from nlp.corpus.people import Cast
from nlp.corpus.render import lay_out, render
from nlp.corpus.template import FOLDER, Hole, Template, read_folder
from nlp.corpus.types import Example, Split
from nlp.corpus.voices import TEST
from nlp.recognise import recognise
from nlp.schema import INTENTS
from nlp.types import Context

ENGINE_VERSION = "4"
UTTERANCES = FOLDER.parent / "utterances"
MULTI, COMPOUND, TRIGGERED, REFERRING = "multi", "compound", "triggered", "referring"
WEIGHTS: Mapping[str, float] = {"transfer": 5.5, "swap": 5.5, "alert": 4.0, "ask": 4.5, "out_of_scope": 4.5, "reject": 3.0, "confirm": 2.5, "approve": 1.6, "portfolio": 1.6, "switch_account": 1.6, "token_info": 1.4, "unstake": 1.5, "speed_up": 1.3, "yields": 1.4, "revoke": 1.5, "thanks": 1.0, "amend": 9.0,
                                "again": 2.5, "price": 2.0, "quote": 2.0, "balance": 2.0, "bridge": 2.2, MULTI: 6.0, COMPOUND: 10.0, TRIGGERED: 8.0, REFERRING: 1.5,
                                "accounts": 0.7, "network_info": 0.7, "contacts": 0.7, "help": 0.7, "greet": 0.7}  # fmt: skip
CONTEXT_DISTRACTORS = 0.35


@dataclass(frozen=True, slots=True)
class Report:
    """Distinct skeletons: of single lines by intent, of single lines in all, and with compounds."""

    by_intent: Mapping[str, int]
    single: int
    with_compounds: int


def examples(seed: int, size: int, split: Split) -> Iterator[Example]:
    """`size` labelled utterances of a split, the same for the same seed and data version."""
    rng = Random(f"{seed}:{split}")
    pools_of_split = _pools(split)
    names = sorted(pools_of_split)
    weights = [_weight(name) for name in names]
    for _ in range(size):
        yield example(_template(rng.choices(names, weights)[0], pools_of_split, rng), rng, split)


def example(template: Template, rng: Random, split: Split) -> Example:
    """One utterance of a template: sampled, roughened, with its context and conversation state."""
    cast = Cast()
    text, segments, spans = lay_out(noisy(render(template, rng, cast), rng))
    _crowd(cast, text, rng)
    context = Context(tuple(dict.fromkeys(cast.contacts)), tuple(dict.fromkeys(cast.accounts)), dict(cast.tokens))
    spans = snapped(spans, recognise(text, context))
    return Example(
        text, context, state_for(template.section, template.intents, rng), segments, spans, template.id, split
    )


def split_of(template: Template) -> Split:
    """The split that a template's skeleton belongs to: nine of ten to training."""
    bucket = int(hashlib.sha256(template.skeleton.encode()).hexdigest()[:8], 16) % 100
    return "train" if bucket < 90 else "validation" if bucket < 95 else "test"


def data_version() -> str:
    """A hash of the templates, the voices that are heard or chosen by, and the engine: what a model was trained on."""
    digest = hashlib.sha256(ENGINE_VERSION.encode())
    heard = (path for path in sorted(UTTERANCES.glob("*.jsonl")) if path.stem not in TEST)
    for path in (*sorted(FOLDER.glob("*.txt")), *heard):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def report(compounds: int = 4000, seed: int = 1) -> Report:
    """Count distinct skeletons; compounds are counted from a sample of that many."""
    by_intent: dict[str, set[str]] = defaultdict(set)
    for template in templates():
        for intent in set(template.intents):
            by_intent[intent].add(template.skeleton)
    single = {template.skeleton for template in templates()}
    rng, pool = Random(seed), _parts(templates())
    composed = (
        {compose.composed_key(compose.compose(compose.choose_parts(pool, rng), rng)) for _ in range(compounds)}
        if pool
        else set()
    )
    return Report(
        {intent: len(found) for intent, found in sorted(by_intent.items())}, len(single), len(single) + len(composed)
    )


@lru_cache(maxsize=1)
def templates() -> tuple[Template, ...]:
    """Every template of the package."""
    return read_folder()


@lru_cache(maxsize=3)
def _pools(split: Split) -> Mapping[str, tuple[Template, ...] | dict[str, list[Template]]]:
    found: dict[str, list[Template]] = defaultdict(list)
    chosen = [template for template in templates() if split_of(template) == split]
    for template in chosen:
        found[MULTI if len(template.intents) > 1 else template.intents[0]].append(template)
        for group in _rare(template):
            found[group].append(template)
    parts = _parts(chosen)
    whole: dict[str, tuple[Template, ...] | dict[str, list[Template]]] = {
        name: tuple(group) for name, group in found.items()
    }
    return whole | ({COMPOUND: parts} if parts else {})


def _rare(template: Template) -> Iterator[str]:
    """Further groups of a template whose labels would be too seldom: schedules and conditions on writes, 'the transfer'."""
    tags = {piece.name for piece in template.pieces if isinstance(piece, Hole) and piece.tagged}
    if "alert" not in template.intents and any(tag.startswith("t.") for tag in tags):
        yield TRIGGERED
    if "ref" in tags:
        yield REFERRING


def _parts(chosen: "list[Template] | tuple[Template, ...]") -> dict[str, list[Template]]:
    parts: dict[str, list[Template]] = defaultdict(list)
    for template in chosen:
        if compose.composable(template):
            parts[template.intents[0]].append(template)
    return dict(parts)


def _template(
    name: str, groups: Mapping[str, tuple[Template, ...] | dict[str, list[Template]]], rng: Random
) -> Template:
    group = groups[name]
    if isinstance(group, dict):
        return compose.compose(compose.choose_parts(group, rng), rng)
    return rng.choice(group)


def _weight(name: str) -> float:
    spec = INTENTS.get(name)
    return WEIGHTS.get(name, 1.5 if spec is not None and spec.kind == "write" else 1.0)


def _crowd(cast: Cast, text: str, rng: Random) -> None:
    """Add contacts and accounts that the utterance does not speak of; some are also the names of tokens or chains."""
    if rng.random() > CONTEXT_DISTRACTORS and not cast.contacts and not cast.accounts:
        return
    words = text.lower()
    others = [*rng.sample(pools.FIRST_NAMES, 3), *rng.sample(pools.RELATIONS, 1), *rng.sample(pools.COLLIDING, 1)]
    cast.contacts += [name for name in others[: rng.randint(0, 5)] if name not in words]
    cast.accounts += [name for name in rng.sample(pools.ACCOUNTS, rng.randint(0, 3)) if name not in words]
    rng.shuffle(cast.contacts)


def main() -> None:
    """Print how many distinct skeletons the corpus has: by intent, of single lines, and with compounds."""
    found = report()
    for intent, count in found.by_intent.items():
        print(f"{intent:20}{count:7}")
    print(f"{'single lines':20}{found.single:7}\n{'with compounds':20}{found.with_compounds:7}")


if __name__ == "__main__":
    main()
