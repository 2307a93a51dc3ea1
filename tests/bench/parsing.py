"""Parsing one sentence, beside the bare encoder of the model on the same sentence: fp32 torch, two threads."""

from collections.abc import Callable
from functools import partial
from itertools import chain

from agent.understand import load_parser
from nlp.model.encoder import encoder_directory
from nlp.types import Context
from tests.bench.figures import Figure, Rounds
from tests.bench.timing import median, quantile, timed

THREADS = 2
BAR = 0.6
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


def figures(rounds: Rounds) -> list[Figure]:
    """Parsing alone and against the encoder. The two take turns, a round of all sentences each."""
    parser, encode = load_parser(), bare_encoder()
    runs = {text: encode(text) for text in SENTENCES}
    parses: list[Round] = []
    encoders: list[Round] = []
    for _ in range(rounds.warming + rounds.parses):
        parses.append([timed(partial(parser.parse, text, CONTEXT))[1] for text in SENTENCES])
        encoders.append([timed(runs[text])[1] for text in SENTENCES])
    return _compared(parses[rounds.warming :], encoders[rounds.warming :])


def _compared(parses: list[Round], encoders: list[Round]) -> list[Figure]:
    """Also by each sentence's fastest run, which depends least on what else the machine does."""
    ours, bare = list(chain(*parses)), list(chain(*encoders))
    middle = median(ours), median(bare)
    late = quantile(ours, 95), quantile(bare, 95)
    quiet = median(_fastest(parses)), median(_fastest(encoders))
    over = f"{len(SENTENCES)} sentences, {len(parses)} times each"
    return [
        Figure("parse one sentence, p50", middle[0], "ms", note=over),
        Figure("parse one sentence, p95", late[0], "ms", note=over),
        _ratio("parse against the bare encoder, p50", middle),
        _ratio("parse against the bare encoder, p95", late),
        _ratio("parse against the bare encoder, fastest runs", quiet),
    ]


def _ratio(name: str, times: tuple[float, float]) -> Figure:
    return Figure(name, times[0] / times[1], "ratio", BAR, note=f"{times[0]:.1f} ms against {times[1]:.1f} ms")


def _fastest(rounds: list[Round]) -> list[float]:
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
