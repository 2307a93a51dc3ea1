"""How fast sentences are parsed, beside the bare encoder of the model on the same sentences: fp32 torch, two threads."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path

from nlp.batch import BatchParser
from nlp.model.encoder import encoder_directory
from nlp.model.weights import SHIPPED
from nlp.parser import Parser
from nlp.types import Context

THREADS = 2
WARMING = 2
BATCHED = 100
"""How often the sentences are repeated in the batch whose pace is measured."""
Round = list[float]
CONTEXT = Context(contacts=("bob", "alice"), accounts=("main",), tokens={})
SENTENCES = (
    "what is my usdc balance?",
    "swap 1 eth for usdc",
    "send 25 usdc to bob",
    "how much eth do I have",
    "show my portfolio",
    "what's the price of link",
    "approve uniswap to spend 100 dai",
    "wrap half an eth",
    "unwrap 0.25 weth",
    "gas?",
    "who is vitalik.eth",
    "pay alice 12.50 dai and then send 0.1 eth to bob",
    "swap 500 usdc to eth with 0.3% slippage",
    "buy 0.02 wbtc with usdt on uniswap v3",
    "send 0.5 eth to 0x1111111111111111111111111111111111111111",
    "I want at least 900 dai for my half eth, can you trade that",
    "what would I get for 3 link in usdc",
    "transfer all my dai to my main account",
    "give me an address where people can pay me",
    "did my last transaction go through?",
    "swap 1,000 usdc for weth on the v2 pool if eth drops under 2000",
    "send bob 20 dollars of eth",
    "don't send anything, just tell me what a swap of 2 eth into wbtc would bring",
    "every friday buy eth for 50 usdc",
    "revoke the allowance of usdc for uniswap",
    "list my contacts",
    "bridge 100 usdc from ethereum to base",
    "deposit 250 dai into aave and borrow 0.05 eth against it",
    "please could you kindly convert 25 percent of my usdt to dai and send the result to alice",
    "send 1 eth",
    "swap my link",
    "exchange 3 weth for as much usdc as possible, then send 1000 usdc to bob and wrap 0.2 eth",
    "tell me when bitcoin is above 100k",
    "what does slippage mean?",
    "help",
    "is 0x2222222222222222222222222222222222222222 a contract of uniswap",
    "take 10 usdc out of compound",
    "set a limit of 200 dollars a day",
    "get rid of all my wbtc for stablecoins",
    "stake 4 eth with lido, claim the rewards and tell me the gas price",
)


@dataclass(frozen=True, slots=True)
class Pace:
    """Milliseconds of one sentence, ours and the bare encoder's, the middle and the 95th of a hundred; `quiet` are the ratios
    of each sentence's fastest runs, which depend least on what else the machine does."""

    rounds: int
    p50: float
    p95: float
    bare_p50: float
    bare_p95: float
    quiet: float
    batch_per_second: float


def pace(parser: Parser, rounds: int = 5) -> Pace:
    """Parsing alone and against the encoder; the two take turns, a round of all sentences each. Raises as `encoder_directory`."""
    encode = bare_encoder()
    runs = {text: encode(text) for text in SENTENCES}
    parses: list[Round] = []
    encoders: list[Round] = []
    for _ in range(WARMING + rounds):
        parses.append([_timed(partial(parser.parse, text, CONTEXT)) for text in SENTENCES])
        encoders.append([_timed(runs[text]) for text in SENTENCES])
    ours, bare = list(chain(*parses[WARMING:])), list(chain(*encoders[WARMING:]))
    quiet = statistics.median(_fastest(parses[WARMING:])) / statistics.median(_fastest(encoders[WARMING:]))
    return Pace(
        rounds,
        statistics.median(ours),
        _late(ours),
        statistics.median(bare),
        _late(bare),
        quiet,
        batch_per_second(parser),
    )


def batch_per_second(parser: Parser) -> float:
    """Sentences a second, many at once, as `sayso parse --batch` parses them when both processes run; the faster of two runs."""
    asked = [(text, CONTEXT) for text in SENTENCES] * BATCHED
    with BatchParser(parser, worth_it=0) as many:
        many.parse_batch(asked[: len(SENTENCES)])
        return 1000 * len(asked) / min(_timed(lambda: many.parse_batch(asked)) for _ in range(2))


def parsing_memory(weights: Path = SHIPPED) -> float:
    """The most memory (MiB) that a process of its own has held after parsing all sentences, one by one and at once."""
    program = (
        "import sys; from pathlib import Path; from nlp.benchmarks.speed import CONTEXT, SENTENCES, most_held;"
        "from nlp.model.export import ensure_export; from nlp.model.runtime import Predictor; from nlp.parser import Parser;"
        "parser = Parser(Predictor(ensure_export(Path(sys.argv[1]))));"
        "[parser.parse(text, CONTEXT) for text in SENTENCES]; parser.parse_batch([(text, CONTEXT) for text in SENTENCES]);"
        "print(most_held())"
    )
    done = subprocess.run([sys.executable, "-c", program, str(weights)], capture_output=True, text=True, check=True)
    return float(done.stdout)


def most_held() -> float:
    """The most memory (MiB) that this process has held. On Linux getrusage would count what its parent held when it was forked."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        import resource

        held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return held / (1024 * 1024 if sys.platform == "darwin" else 1024)
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _late(times: Sequence[float]) -> float:
    """The time that 95 of a hundred do not exceed (nearest rank)."""
    return sorted(times)[-(-len(times) * 95 // 100) - 1]


def _fastest(rounds: Sequence[Round]) -> list[float]:
    """Of each sentence, the fastest of its rounds."""
    return [min(times) for times in zip(*rounds, strict=True)]


def bare_encoder() -> Callable[[str], Callable[[], object]]:
    """For a sentence, tokenised beforehand and untimed, the run of the encoder over it."""
    import torch
    from tokenizers import Tokenizer
    from transformers import BertModel
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()
    torch.set_num_threads(THREADS)
    directory = encoder_directory()
    tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    model = BertModel.from_pretrained(directory, dtype=torch.float32).eval()

    def prepared(text: str) -> Callable[[], object]:
        ids = torch.tensor([tokenizer.encode(text).ids])

        def run() -> object:
            with torch.no_grad():
                return model(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state

        return run

    return prepared
