"""What other assistants are asked, continued: places that no list holds, measures that nobody watches, orders one after another."""

import pytest

from nlp.recognise import recognise
from nlp.types import Context, Kind
from tests.nlp.test_marked_conversations import parsed, short

OWNER = "0x665f5F8C57a0d10fe60d40f9A1576Ef5eE6419F7"
SWAP = "<swap> swap {amount_in=5} {token_in=usdc} for {token_out=eth}"
SWAPPED = "swap amount_in=5 token_in=USDC token_out=ETH"
UNDERSTOOD = [
    (
        "<stake> stake {amount=5} {token=otter} on plutus on {chain=arbitrum}",
        ["stake amount=5 chain=arbitrum protocol=plutus token=OTTER"],
    ),
    (f"{SWAP} on OtterSwap", ["swap amount_in=5 protocol=otterswap token_in=USDC token_out=ETH"]),
    (f"{SWAP} on {{chain=tinyman}}", ["swap amount_in=5 protocol=tinyman token_in=USDC token_out=ETH"]),
    (f"{SWAP} on {{protocol=hedera}}", ["swap amount_in=5 chain=hedera token_in=USDC token_out=ETH"]),
    (f"{SWAP} on {{chain=otter}} chain", ["swap amount_in=5 chain=otter token_in=USDC token_out=ETH"]),
    (
        "<bridge> bridge {amount=5} {token=eth} from {from_chain=base} to {to_chain=optimism} using {from_chain=bungee}",
        ["bridge amount=5 from_chain=base protocol=bungee to_chain=optimism token=ETH"],
    ),
    ("<gas> gas price on OtterLayer now", ["gas chain=otterlayer"]),
    (
        "<bridge> bridge {amount=5} {token=usdc} to Otter Testnet",
        ["bridge amount=5 to_chain=otter-testnet token=USDC"],
    ),
    ("<lending_position> my debt on {account=otterlend}", ["lending_position protocol=otterlend"]),
    ("<lending_position> the debt of {account=savings}", ["lending_position account=savings"]),
    ("<yields> the {token=usdc} yield on OtterFi", ["yields protocol=otterfi token=USDC"]),
    (
        "<withdraw> withdraw {amount=5} {token=usdc} on {chain=tron}",
        ["withdraw amount=5 chain=tron token=USDC"],
    ),
    (
        f"{SWAP} {{x.limit=when the gas fee is below 15 gwei}}",
        ["swap amount_in=5 direction=below metric=gas threshold=15 token_in=USDC token_out=ETH"],
    ),
    (f"{SWAP} {{x.limit=in}} {{x.limit=exactly 3 days}}", ["swap after=P3D amount_in=5 token_in=USDC token_out=ETH"]),
    (
        f"{SWAP} if {{t.token=otter}}/{{t.token=dai}} <= {{t.threshold=0.8}}",
        [
            "swap amount_in=5 direction=below metric=price quote=DAI threshold=0.8 token=OTTER token_in=USDC token_out=ETH"
        ],
    ),
    (
        "<stake> stake {amount=1} {token=eth} if {t.metric=balance} > {t.threshold=2} {t.token=eth}",
        ["stake amount=1 direction=above metric=balance threshold=2 token=ETH"],
    ),
    (
        "<bridge> swap {amount=5} {token=usdc} on {to_chain=base} for {token_out=eth}",
        ["swap amount_in=5 chain=base token_in=USDC token_out=ETH"],
    ),
    ("<bridge> swap {amount=5} {token=usdc} for {token_out=weth}", ["swap amount_in=5 token_in=USDC token_out=WETH"]),
    ("<unstake> unstake {amount=5} otMON", ["unstake amount=5 token=OTMON"]),
    ("<wrap> wrap {amount=5} {token=avax} to WAVAX", ["wrap amount=5 token=AVAX"]),
    ("<bridge> bridge no, {amount=5} {token=usdc} to {to_chain=base}", ["bridge amount=5 to_chain=base token=USDC"]),
    ("<sentiment> how many people hold {token=otter}", ["token_info token=OTTER"]),
    ("<price_history> sentiment for {token=eth} last {period=week}", ["sentiment token=ETH"]),
    ("<accounts> which collections do i own", ["nft_holdings"]),
    (
        "<price_history> {period=1-hour} candles of {token=eth} over the last {period=day}",
        ["price_history period=P1D token=ETH"],
    ),
    ("<price> price of {token=eth} on {token=uniswap}", ["price token=ETH"]),
    ("<portfolio> my portfolio with {account=profits}", ["portfolio"]),
    ("<borrow> borrow {amount=5} {token=usdc} on Extra Finance", ["borrow amount=5 protocol=extra-finance token=USDC"]),
    (
        "<repay> repay my {amount=5} {token=usdc} loan from {account=Prime}",
        ["repay amount=5 protocol=prime token=USDC"],
    ),
    (f"{SWAP} from my {{protocol=felix}} account", ["swap account=felix amount_in=5 token_in=USDC token_out=ETH"]),
    ("<stake> stake {amount=5} {token=near} with figment", ["stake amount=5 protocol=figment token=NEAR"]),
    (f"{SWAP} on {{chain=OtterSwap}}", ["swap amount_in=5 protocol=otterswap token_in=USDC token_out=ETH"]),
    ("<price> the price of {token=flow} in {token=usdc}", ["price quote=USDC token=FLOW"]),
    ("<price> the price of MOVE in {token=usdt}", ["price quote=USDT token=MOVE"]),
    ("<price> the PROS price", ["price token=PROS"]),
    ("<balance> my {token=aave} positions", ["lending_position protocol=aave"]),
    ("<price> {token=chainlink} {token=eth}/{quote=usd} price", ["price quote=USD token=ETH"]),
    ("<price> the {token=bnb}/{token=usdt} price", ["price quote=USDT token=BNB"]),
    ("<history> my recent {token=solana} transactions", ["history chain=solana"]),
    ("<nft_holdings> my nfts, my wallet is {account=" + OWNER + "}", [f"nft_holdings account={OWNER}"]),
    ("<nft_holdings> my nfts from {account=" + OWNER + "}", [f"nft_holdings collection={OWNER}"]),
    ("<supply> supply {amount=exactly} {amount=1} {token=weth}", ["supply amount=1 token=WETH"]),
    ("<stake> stake {amount=5} {token=BOTCOIN}", ["stake amount=5 token=BOTCOIN"]),
    ("<stake> stake {amount=5} {token=etherium}", ["stake amount=5 token=ETH"]),
]
QUESTIONS = [
    "<yields> what is the tvl of aave",
    "<nft_holdings> floor price of the otters",
    "<portfolio> which dexes have the most volume",
    "<bridge> what are the best bridges to {to_chain=base}",
    "<lending_position> how is my health factor calculated",
    "<gas> what are the fees of the usdc pool",
    "<history> which coins gained the most today",
]
OUT_OF_SCOPE = [
    "<swap> 3x leverage long {token_out=eth} with {amount_in=5} {token_in=usdc}",
    "<nft_holdings> list my otter for 2 eth",
    "<contact_add> register {address=otter.eth} for 2 years",
    "<yields> claim my rewards",
    "<stake> claim all of my staking rewards",
    "<swap> bet {amount_in=50} {token_in=usdc} that {t.token=btc} hits {t.threshold=100k}",
]
LACKING = [
    (f"{SWAP}, then lend it", [SWAPPED, "supply"]),
    (f"{SWAP} and deposit", [SWAPPED, "supply"]),
    (f"{SWAP} and bridge to base", [SWAPPED, "bridge"]),
    (
        "<bridge> bridge {amount=5} {token=eth} to {to_chain=base}, swap it all to {token_out=usdc}",
        ["bridge amount=5 to_chain=base token=ETH", "swap token_out=USDC"],
    ),
    (
        "<bridge> swap {amount=5} {token=usdc} to {token_out=weth}, bridge to {to_chain=base}",
        ["swap amount_in=5 token_in=USDC token_out=WETH", "bridge to_chain=base"],
    ),
    ("<borrow> borrow {amount=5} {token=usdc} and lend it", ["borrow amount=5 token=USDC", "supply"]),
    ("<wrap> wrap {amount=5} {token=eth} and deposit", ["wrap amount=5 token=ETH", "supply"]),
    ("<unstake> unstake meth<swap>, swap to usdc", ["unstake token=METH", "swap token_out=USDC"]),
    ("<swap> swap to {token_in=usdc}", ["swap token_out=USDC"]),
    (
        "<transfer> send {amount=5} {token=usdc} to {recipient=bob}, lend it",
        ["transfer amount=5 recipient=bob token=USDC", "supply"],
    ),
    ("<swap> {t.every=daily} {token_in=btc} buys of {value=$10}", ["swap every=P1D token_out=BTC value=10 USD"]),
    ("<risk_report> tell me if {token=usdc} depegs", ["alert metric=price token=USDC"]),
    (
        "<swap> stop loss at {t.threshold=2000} for {token_out=eth}",
        ["swap direction=below metric=price threshold=2000 token=ETH token_in=ETH"],
    ),
    ("<alert> dca into eth {t.every=monthly}", ["swap every=P1M token_out=ETH"]),
]
ASKED = [
    ("<stake> swap and stake {amount=5} {token=eth}", "“swap” speaks against"),
    ("<bridge> bridge {amount=5} {token=eth} to {to_chain=base} and send the money", "“and send the”"),
    ("<bridge> bridge no {amount=5} {token=usdc} to {to_chain=base}", "leave out"),
    (f"{SWAP} on {{chain=zoggo}}", "say on zoggo chain, or on zoggo protocol"),
    (f"{SWAP} on zoggo", "say on zoggo chain, or on zoggo protocol"),
    (f"{SWAP} if {{t.token=eth}} is no more than {{t.threshold=3000}}", "“no more”"),
    (f"{SWAP} within {{x.limit=exactly 3 days}}", "exactly 3 days"),
    (f"{SWAP} from my port", "“port” is one of your accounts"),
    ("<bridge> withdraw or bridge {amount=1} {token=eth} to {to_chain=base}", "one of two things"),
    ("<alert> alert me when my staking rewards are {t.above=above} {t.threshold=1} {t.token=eth}", "cannot watch"),
    (f"{SWAP} when {{t.token=link}} market cap {{t.above=tops}} {{t.threshold=5m}}", "I cannot watch “market cap”"),
    (f"{SWAP} when {{t.token=link}} {{t.above=volume}} is {{t.above=above}} {{t.threshold=5m}}", "“volume”"),
    (f"{SWAP} when {{t.token=rsi}} is {{t.below=under}} {{t.threshold=30}}", "I cannot watch “rsi”"),
    ("<alert> tell me when {t.token=aave} tvl {t.below=drops below} {t.threshold=1b}", "“tvl”"),
    (f"{SWAP} when {{t.metric=gas}} is {{t.below=under}} {{t.threshold=$2}}", "how many gwei"),
    ("<alert> tell me if my portfolio is {t.below=down more than} {t.threshold=5%}", "which coin's"),
    (
        "<alert> tell me when {t.token=eth} is {t.above=above} {t.threshold=4000} and sell my eth",
        "two different things",
    ),
    (
        "<alert> ping me if {t.metric=gas} is {t.below=under} {t.threshold=10}<bridge> and then bridge {amount=5} {token=usdc} to {to_chain=base}",
        "wait for that",
    ),
    ("<price_history> dca into {token=jup} over {period=7 days}", "I cannot keep"),
]
MEANT_SO = [
    (
        "<supply> supply {amount=5} {token=usdc} for the yield when {t.token=eth} is {t.below=below} {t.threshold=2000}",
        ["supply amount=5 direction=below metric=price threshold=2000 token=ETH"],
    ),
    (
        "<borrow> if {t.token=eth} gets {t.above=past} {t.threshold=5000} borrow {amount=5} {token=usdc}",
        ["borrow amount=5 direction=above metric=price threshold=5000 token=ETH"],
    ),
    (
        "<alert> tell me when {t.token=eth} is {t.above=over} {t.threshold=4000}<transfer>, and send {amount=5} {token=usdc} to {recipient=bob} now",
        ["alert direction=above metric=price threshold=4000 token=ETH", "transfer amount=5 recipient=bob token=USDC"],
    ),
    (f"{SWAP} on purpose", [SWAPPED]),
    (f"{SWAP} from my balance", [SWAPPED]),
    ("<transfer> lend {recipient=felix} {amount=20} {token=usdc}", ["transfer amount=20 recipient=felix token=USDC"]),
    (
        "<transfer> deposit {amount=20} {token=usdc} to {recipient=felix}",
        ["transfer amount=20 recipient=felix token=USDC"],
    ),
    ("<withdraw> withdraw {amount=5} {token=usdc} to felix", ["withdraw amount=5 token=USDC"]),
    ("<supply> supply {amount=5} {token=usdc} from felix", ["supply amount=5 token=USDC"]),
    (
        "<transfer> bet you forgot to send {amount=5} {token=usdc} to {recipient=bob} on {chain=base}",
        ["transfer amount=5 chain=base recipient=bob token=USDC"],
    ),
    (
        "<repay> repay {amount=5} {token=usdc} of my loan from my {account=main} wallet",
        ["repay account=main amount=5 token=USDC"],
    ),
    (
        "<repay> repay {amount=5} {token=usdc} of my loan from {account=main wallet}",
        ["repay account=main amount=5 token=USDC"],
    ),
    (
        "<bridge> swap {amount=1} {token=eth} cross chain to {token_out=usdc} on {to_chain=base}",
        ["bridge amount=1 to_chain=base token=ETH token_out=USDC"],
    ),
    ("<supply> deposit {amount=5} {token=usdc} with {protocol=Hedera}", ["supply amount=5 protocol=hedera token=USDC"]),
    ("<supply> approve and supply {amount=5} {token=usdc}", ["supply amount=5 token=USDC"]),
    (f"{SWAP} from {{account=felix}}", ["swap account=felix amount_in=5 token_in=USDC token_out=ETH"]),
    (f"{SWAP} from my {{account=hifi}} account", ["swap account=hifi amount_in=5 token_in=USDC token_out=ETH"]),
    ("<stake> stake {amount=1} {token=eth} with Gratitude please", ["stake amount=1 token=ETH"]),
    ("<stake> stake {amount=1} {token=eth} at Once", ["stake amount=1 token=ETH"]),
    ("<bridge> Bridge {amount=5} {token=USDC} To Safety", ["bridge amount=5 token=USDC"]),
    (
        "<withdraw> withdraw {amount=5} {token=usdc} from {account=Savings}",
        ["withdraw account=savings amount=5 token=USDC"],
    ),
    ("<nft_holdings> list nfts for {account=" + OWNER + "}", [f"nft_holdings account={OWNER}"]),
    ("<risk_report> tell me if {token=eth} is safe", ["risk_report token=ETH"]),
    ("<portfolio> portfolio with {account=mum}", ["portfolio account=mum"]),
    ("<lending_position> my loan on {account=main}", ["lending_position account=main"]),
    ("<history> history of my {token=solana}", ["history token=SOL"]),
    ("<yields> the apy and tvl of {token=usdc}", ["yields token=USDC"]),
    ("<price_history> {period=24h} chart and trading volume of {token=eth}", ["price_history period=PT24H token=ETH"]),
    ("<sentiment> the mood on {token=eth}, any news?", ["sentiment token=ETH"]),
    ("<history> which dexs did i use last {period=week}", ["history period=P1W"]),
    ("<sentiment> how many people are bearish on {token=eth}", ["sentiment token=ETH"]),
    ("<yields> {protocol=compound} the best yields", ["yields protocol=compound"]),
    ("<contact_add> register {address=otter.eth} as {name=domain}", ["contact_add address=otter.eth name=domain"]),
    ("<gas> gas on Sunday", ["gas"]),
    ("<yields> apy on Deposits", ["yields"]),
    ("<price_history> dca into {token=eth} over the last {period=year}, chart", ["price_history period=P1Y token=ETH"]),
    ("<alert> tell me when {t.token=INDEX} hits {t.threshold=5}", ["alert metric=price threshold=5 token=INDEX"]),
    (
        "<swap> sell {amount_in=1} {token_in=eth} for {token_out=usdc} when {t.token=eth} falls {t.below=below} {t.threshold=1800} as liquidity dries up",
        ["swap amount_in=1 direction=below metric=price threshold=1800 token=ETH token_in=ETH token_out=USDC"],
    ),
    (
        "<add_liquidity> when {t.token=eth} {t.below=drops below} {t.threshold=1500} add liquidity to {protocol=uniswap} with {amount_a=1} {token_a=eth} and {amount_b=1500} {token_b=usdc}",
        [
            "add_liquidity amount_a=1 amount_b=1500 direction=below metric=price protocol=uniswap threshold=1500 token=ETH token_a=ETH token_b=USDC"
        ],
    ),
    (
        "<alert> alert me when {t.token=eth} hits {t.threshold=2000} so i can buy and stake",
        ["alert metric=price threshold=2000 token=ETH"],
    ),
    (
        "<alert> tell me when {t.token=eth} hits {t.threshold=2000}.<transfer> then send {amount=5} {token=usdc} to {recipient=bob}",
        ["alert metric=price threshold=2000 token=ETH", "transfer amount=5 recipient=bob token=USDC"],
    ),
    ("<transfer> lend {recipient=bob} {amount=5} {token=usdc}", ["transfer amount=5 recipient=bob token=USDC"]),
    (
        "<bridge> i need {amount=5} {token=usdc} on {to_chain=base}, bridge it with {protocol=across}",
        ["bridge amount=5 protocol=across to_chain=base token=USDC"],
    ),
    ("<sentiment> fear and greed today", ["sentiment"]),
    (
        "<swap> buy {amount_out=5} {token_out=btc} with {token_in=usdc}, my buys are small",
        ["swap amount_out=5 token_in=USDC token_out=BTC"],
    ),
    ("<stake> stake {amount=5} {token=eth} with care", ["stake amount=5 token=ETH"]),
    ("<price_history> {token=eth} over {period=7 days}", ["price_history period=P7D token=ETH"]),
    ("<portfolio> my portfolio and its trending coins", ["portfolio"]),
    (
        "<swap> buy {amount_out=5} {token_out=otter} with {token_in=usdc} cross chain",
        ["swap amount_out=5 token_in=USDC token_out=OTTER"],
    ),
    (
        "<bridge> swap {amount=5} {token=usdc} across chains to {token_out=weth}",
        ["bridge amount=5 token=USDC token_out=WETH"],
    ),
]


def ids(rows: list[tuple[str, list[str]]] | list[tuple[str, str]]) -> list[str]:
    return [row[0][:60] for row in rows]


@pytest.mark.parametrize(("said", "actions"), UNDERSTOOD, ids=ids(UNDERSTOOD))
def test_a_published_prompt_is_read_by_its_own_words(said: str, actions: list[str]) -> None:
    parse = parsed(said)
    assert (parse.status, short(parse)) == ("understood", actions), parse.errors


@pytest.mark.parametrize("said", QUESTIONS)
def test_a_question_about_the_market_is_answered_in_words(said: str) -> None:
    assert [action.intent for action in parsed(said).actions] == ["ask"]


@pytest.mark.parametrize("said", OUT_OF_SCOPE)
def test_what_no_wallet_can_do_is_out_of_scope(said: str) -> None:
    assert short(parsed(said)) == ["out_of_scope"]


@pytest.mark.parametrize(("said", "actions"), LACKING, ids=ids(LACKING))
def test_what_lacks_something_is_asked_for_and_no_action_of_several_is_lost(said: str, actions: list[str]) -> None:
    parse = parsed(said)
    assert (parse.status, short(parse)) == ("incomplete", actions)


@pytest.mark.parametrize(("said", "reason"), ASKED, ids=ids(ASKED))
def test_what_is_in_doubt_is_asked_about_with_its_reason(said: str, reason: str) -> None:
    parse = parsed(said)
    assert parse.status == "incomplete"
    assert reason in " ".join(parse.errors)


@pytest.mark.parametrize(("said", "actions"), MEANT_SO, ids=ids(MEANT_SO))
def test_words_that_only_look_like_it_change_nothing(said: str, actions: list[str]) -> None:
    assert short(parsed(said)) == actions


@pytest.mark.parametrize(
    ("answer", "place"),
    [
        ("<amend> {chain=zoggo} chain", "chain=zoggo"),
        ("<amend> on {chain=base}", "chain=base"),
        ("<amend> on {protocol=uniswap}", "protocol=uniswap"),
    ],
)
def test_a_place_that_was_asked_about_is_settled_by_an_answer_that_names_one(answer: str, place: str) -> None:
    parse = parsed(f"{SWAP} on {{chain=zoggo}} || {answer}")
    assert (parse.status, short(parse)) == ("understood", [" ".join(["swap", *sorted([*SWAPPED.split()[1:], place])])])


def test_an_answer_is_for_the_action_that_was_asked_about() -> None:
    said = f"{SWAP} on {{chain=zoggo}}<transfer> then send {{amount=5}} {{token=dai}} to {{recipient=bob}}"
    parse = parsed(f"{said} || <amend> on {{chain=base}}")
    assert short(parse) == [
        "swap amount_in=5 chain=base token_in=USDC token_out=ETH",
        "transfer amount=5 recipient=bob token=DAI",
    ]


def test_another_measure_takes_the_place_of_a_price_in_euros() -> None:
    said = "<alert> tell me when {t.token=eth} is {t.below=below} {t.threshold=€2000}"
    changed = parsed(f"{said} || <amend> when {{t.metric=gas}} is {{t.below=below}} {{t.threshold=10}}")
    assert short(changed) == ["alert direction=below metric=gas threshold=10"]


def test_whose_price_is_answered_with_of() -> None:
    said = "<alert> alert me when the price is {t.below=below} {t.threshold=2000} || <amend> of {t.quote=eth}"
    assert short(parsed(said)) == ["alert direction=below metric=price threshold=2000 token=ETH"]


def test_a_refusal_of_a_chain_is_one() -> None:
    assert short(parsed(f"{SWAP} on {{chain=zoggo}} || <reject> wrong chain")) == ["reject"]


def test_another_change_settles_no_place_that_was_asked_about() -> None:
    parse = parsed(f"{SWAP} on {{chain=zoggo}} || <amend> make it {{amount=10}}")
    assert (parse.status, parse.missing) == ("incomplete", ("chain|protocol",))


def test_an_at_sign_before_a_contact_is_no_word() -> None:
    words = recognise("pay @bob 5 usdc to @ann", Context(contacts=("bob",)))
    assert [word.text for word in words] == ["pay", "bob", "5", "usdc", "to", "@", "ann"]


@pytest.mark.parametrize("name", ["otter.sui", "otter.sol", "otter.arb"])
def test_a_name_of_another_registry_is_one_word(name: str) -> None:
    words = recognise(f"send 5 usdc to {name}", Context())
    assert (words[-1].text, words[-1].kind) == (name, Kind.ENS)
