"""The corpus: labels that fit the text, reproducibility, coverage, clear errors, and distance from the evaluation set."""

import hashlib
import itertools
from collections import Counter
from random import Random

import pytest
from Crypto.Hash import keccak

from nlp.corpus import build, people
from nlp.corpus.noise import slip
from nlp.corpus.template import Template, TemplateError, parse
from nlp.corpus.types import Example
from nlp.recognise import recognise
from nlp.schema import INTENTS, INTERNAL_INTENTS, SLOT_TAGS, WHOLE_SEGMENT_SLOTS, may_carry_trigger


@pytest.fixture(scope="module")
def sampled() -> list[Example]:
    return list(build.examples(seed=7, size=4000, split="train"))


def test_the_same_seed_gives_the_same_examples_and_another_seed_others(sampled: list[Example]) -> None:
    assert list(build.examples(7, 300, "train")) == sampled[:300]
    assert list(build.examples(8, 300, "train")) != sampled[:300]


def test_segments_cover_every_word_once_and_in_order(sampled: list[Example]) -> None:
    for example in sampled:
        at = 0
        for start, end, _ in example.segments:
            assert not example.text[at:start].strip(), example
            assert start < end, example
            at = end
        assert not example.text[at:].strip(), example


def test_spans_are_trimmed_words_inside_one_segment_that_has_the_slot(sampled: list[Example]) -> None:
    for example in sampled:
        for start, end, tag in example.spans:
            words = example.text[start:end]
            assert words and words == words.strip(), example
            (intent,) = [name for first, last, name in example.segments if first <= start and end <= last]
            assert tag in SLOT_TAGS
            assert _fits(tag, intent), (tag, intent, example.text)


def _fits(tag: str, intent: str) -> bool:
    if intent in INTERNAL_INTENTS:
        return True
    if tag.startswith("t."):
        return may_carry_trigger(intent)
    return tag == "x.limit" or (tag in INTENTS[intent].slots and WHOLE_SEGMENT_SLOTS.get(intent) != tag)


def test_spans_and_segments_begin_and_end_at_the_edges_of_recognised_words(sampled: list[Example]) -> None:
    for example in sampled:
        words = recognise(example.text, example.context)
        starts, ends = {word.start for word in words}, {word.end for word in words}
        for start, end, _ in (*example.spans, *example.segments):
            assert start in starts and end in ends, (example.text, example.text[start:end])


def test_a_value_that_is_one_word_to_the_recogniser_is_tagged_as_a_whole() -> None:
    (template,) = parse("[wrap]\nwrap {amount=half} an {token=eth}", "x.txt")
    assert ("half an", "amount") in {
        (e.text[start:end].lower(), tag) for e in [_plain(template)] for start, end, tag in e.spans
    }


def test_spans_do_not_overlap(sampled: list[Example]) -> None:
    for example in sampled:
        ordered = sorted(example.spans)
        assert all(left[1] <= right[0] for left, right in itertools.pairwise(ordered)), example


def test_no_template_is_in_two_splits() -> None:
    ids = {
        split: {part for e in build.examples(3, 1500, split) for part in e.template_id.split("+")}
        for split in ("train", "validation", "test")
    }
    assert (
        not ids["train"] & ids["validation"] and not ids["train"] & ids["test"] and not ids["validation"] & ids["test"]
    )


def test_every_intent_is_sampled(sampled: list[Example]) -> None:
    counts = Counter(intent for example in sampled for *_, intent in example.segments)
    assert set(counts) == set(INTENTS) | set(INTERNAL_INTENTS)
    assert min(counts.values()) >= 10, counts.most_common()[-5:]


def test_the_corpus_has_at_least_five_thousand_skeletons() -> None:
    report = build.report(compounds=3000)
    assert report.single >= 4000
    assert report.with_compounds >= 5000


def test_every_intent_with_slots_has_sixty_skeletons() -> None:
    counts = build.report(compounds=1).by_intent
    assert {
        name: counts.get(name, 0) for name, spec in INTENTS.items() if spec.slots and counts.get(name, 0) < 60
    } == {}


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("send {amount} {token_in} to {recipient}", "{token_in} is no slot of transfer"),
        ("send {amount to bob", "a brace is not closed"),
        ("send <tranfser> it", "no intent is called <tranfser>"),
        ("send {amount:huge} eth", "no style is called 'huge'"),
        ("send {~wish} eth", "no distractor is called 'wish'"),
        ("send {amount= half} eth", "blanks at the edge"),
    ],
)
def test_a_broken_line_is_named_with_file_and_line(line: str, complaint: str) -> None:
    with pytest.raises(TemplateError) as caught:
        list(parse(f"[transfer]\n{line}", "x.txt"))
    assert str(caught.value).startswith("x.txt:2: ")
    assert complaint in str(caught.value)


def test_a_mark_is_no_text_and_begins_its_segment_before_the_joining_word() -> None:
    (template,) = parse(
        "[multi]\n<gas> gas now <transfer>, and send {amount=5} {token=eth} to {recipient=bob}", "x.txt"
    )
    example = _plain(template)
    assert example.text == "gas now, and send 5 eth to bob"
    assert [example.text[start:end] for start, end, _ in example.segments] == ["gas now", ", and send 5 eth to bob"]
    assert [(example.text[start:end], tag) for start, end, tag in example.spans] == [
        ("5", "amount"),
        ("eth", "token"),
        ("bob", "recipient"),
    ]


def _plain(template: Template) -> Example:
    """The example of a template as it comes out most often: without noise."""
    candidates = [build.example(template, Random(seed), "train") for seed in range(40)]
    text = Counter(candidate.text for candidate in candidates).most_common(1)[0][0]
    return next(candidate for candidate in candidates if candidate.text == text)


def test_pending_sections_build_the_state_they_name() -> None:
    (template,) = parse("[amend pending=transfer missing=amount]\n{amount:plain}", "x.txt")
    state = build.example(template, Random(1), "train").state
    assert [action.intent for action in state.pending] == ["transfer"]
    assert state.missing == ("amount|value",)
    assert not {"amount", "value"} & set(state.pending[0].slots)
    assert "recipient" in state.pending[0].slots


def test_addresses_have_their_checksum_and_bad_ones_have_not() -> None:
    rng = Random(5)
    assert people.checksum("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed") == "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
    for _ in range(200):
        bad = people.bad_address(rng)
        usable = len(bad) == 42 and set(bad[2:].lower()) <= set("0123456789abcdef") and _sound(bad)
        assert not usable, bad


def _sound(address: str) -> bool:
    digest = keccak.new(digest_bits=256, data=address[2:].lower().encode()).hexdigest()
    mixed = address[2:] not in (address[2:].lower(), address[2:].upper())
    return not mixed or all(
        c.isdigit() or c.isupper() == (int(d, 16) >= 8) for c, d in zip(address[2:], digest, strict=False)
    )


def test_a_slip_keeps_the_first_letter() -> None:
    assert all(slip("transfer", Random(seed))[0] == "t" for seed in range(50))


def test_the_data_version_follows_the_template_files() -> None:
    assert len(build.data_version()) == 16
    assert build.data_version() != hashlib.sha256(b"").hexdigest()[:16]
