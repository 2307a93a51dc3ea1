"""What other assistants are asked in their own examples: tool-like prompts, developers' work, and what no wallet can do."""

import pytest

from tests.nlp.test_marked_conversations import parsed, short

COIN = "0x665f5F8C57a0d10fe60d40f9A1576Ef5eE6419F7"
NOTHING = ["out_of_scope"]
UNDERSTOOD = [
    ("<price> report the price of {token=dai} on {token=ethereum}", ["price token=DAI"]),
    ("<price> read the price of {token=link} from {token=pyth}", ["price token=LINK"]),
    ("<token_info> what is the price of the token at {token=" + COIN + "}", [f"price token={COIN}"]),
    ("<balance> my balance of the token at {account=" + COIN + "}", [f"balance token={COIN}"]),
    ("<balance> balance of the {account=connected} wallet", ["balance"]),
    (
        "<balance> balances of {token=usdc}, {token=dai} and {token=weth}",
        ["balance token=USDC", "balance token=DAI", "balance token=WETH"],
    ),
    ("<tx_status> list my failed transactions", ["history"]),
    ("<tx_status> my recurring payments", ["tx_status"]),
    ("<automations> my pending transactions", ["tx_status"]),
    ("<automations> my scheduled transactions", ["automations"]),
    ("<history> last {limit=5} transactions on {chain=aave}", ["history limit=5"]),
    ("<token_info> details for {chain=linea}", ["network_info chain=linea"]),
    ("<token_info> {token=solana} chain details", ["network_info chain=solana"]),
    ("<portfolio> which coins are trending", ["ask question=which coins are trending"]),
    ("<token_info> what is {token=uniswap} v3?", ["ask question=what is uniswap v3?"]),
    ("<ask> is this token a honeypot", ["risk_report"]),
    (
        "<lending_position> what is my capacity if i deposit 5 eth",
        ["ask question=what is my capacity if i deposit 5 eth"],
    ),
    ("<balance> how much did i borrow on {chain=base}", ["lending_position chain=base"]),
    (
        "<swap> show me the best route for {amount_in=5} {token_in=eth} to {token_out=dai}",
        ["quote amount_in=5 token_in=ETH token_out=DAI"],
    ),
    ("<contact_remove> find the contact {name=bob}", ["contacts"]),
    ("<nft_holdings> nfts in OtterNFTCollection", ["nft_holdings collection=OtterNFTCollection"]),
    (
        "<nft_transfer> send token id {token_id=7} from OtterNFT to {recipient=bob}",
        ["nft_transfer collection=OtterNFT recipient=bob token_id=7"],
    ),
    (
        "<nft_transfer> send my nft with contract {collection="
        + COIN
        + "}<nft_transfer> and token id {token_id=7} to {recipient=bob}",
        [f"nft_transfer collection={COIN} recipient=bob token_id=7"],
    ),
    ("<switch_chain> switch to {chain=polygon} (chain id 137)", ["switch_chain chain=polygon"]),
    ("<switch_account> switch to {account=" + COIN + "}", [f"switch_account account={COIN}"]),
    (
        "<deploy> deploy a {template=simple} {template=ERC20 token} contract",
        ["deploy template=simple ERC20 token contract"],
    ),
    (
        "<bridge> bridge {amount=5} {token=usdc} from {from_chain=base} to {to_chain=pol} on {to_chain=polygon}",
        ["bridge amount=5 from_chain=base to_chain=polygon token=USDC token_out=POL"],
    ),
    (
        "<transfer> send {amount=5} {token=usdc} to {recipient=my cold wallet} {recipient=" + COIN + "}",
        [f"transfer amount=5 recipient={COIN} token=USDC"],
    ),
    (
        "<wrap> wrap {amount=1} {token=eth}, stake {amount=1} {token=eth}",
        ["wrap amount=1 token=ETH", "stake amount=1 token=ETH"],
    ),
    (
        "<bridge> swap {amount=5} {token=usdc} to {token_out=weth} on {from_chain=base}",
        ["swap amount_in=5 chain=base token_in=USDC token_out=WETH"],
    ),
    ("<borrow> borrow {amount=5} {token=eth} on {chain=otter} chain", ["borrow amount=5 chain=otter token=ETH"]),
    (
        "<transfer> send {amount=5} {token=usdc} to {recipient=@}{recipient=bob}",
        ["transfer amount=5 recipient=bob token=USDC"],
    ),
    ("<unwrap> unwrap {amount=1} {token=weth} to eth", ["unwrap amount=1 token=WETH"]),
]
OUT_OF_SCOPE = [
    "<swap> long {value=$25} of {token_in=btc} with a stop",
    "<swap> buy {amount_out=1} {token_out=btc} perp",
    "<wrap> i need testnet {token=eth}",
    "<deploy> generate a new wallet",
    "<deploy> create a hook that logs swaps",
    "<token_info> extract the {token=abi} of my contract",
    "<swap> build a swap app for {token_in=uni} to {token_out=eth}",
    "<switch_account> copy every trade of {account=bob.eth}",
    "<receive_address> what is my email address",
]
ASKED = [
    (
        "<advice> should i wrap 1 {token=eth}<stake> and stake {amount=2} {token=eth} on {protocol=lido}?",
        ["advice token=ETH", "stake amount=2 protocol=lido token=ETH"],
    ),
    ("<reject> don't wrap 1 eth<stake> and stake {amount=2} {token=eth}", ["stake amount=2 token=ETH"]),
    ("<borrow> borrow {amount=5} {token=eth} on {chain=otterhouse}", ["borrow amount=5 token=ETH"]),
    ("<wrap> don't wrap {amount=1} {token=eth}, stake {amount=1} {token=eth}", ["wrap amount=1 token=ETH"]),
    (
        "<bridge> from {account=savings}, bridge {amount=3} {token=eth} to {to_chain=base} and buy {token_out=OTTER}",
        ["bridge account=savings amount=3 to_chain=base token=ETH token_out=OTTER"],
    ),
    ("<contract_call> call the same function on {contract=" + COIN + "}", [f"contract_call contract={COIN}"]),
    (
        "<bridge> bridge {amount=5} {token=usdc} to {to_chain=zksync} and deposit into {protocol=aave}",
        ["bridge amount=5 to_chain=zksync token=USDC", "supply protocol=aave"],
    ),
    ("<unwrap> unwrap {amount=5} {token=weth} to usdc", ["unwrap amount=5 token=WETH"]),
    ("<withdraw> withdraw NOW", ["withdraw"]),
    ("<wrap> wrap {amount=1} {token=eth}, sell it", ["wrap amount=1 token=ETH", "swap"]),
    ("<supply> supply {amount=5} {token=usdc} on otterlayer chain", ["supply amount=5 token=USDC"]),
    ("<transfer> send {amount=5} {token=usdc} to {recipient=@}ann", ["transfer amount=5 token=USDC"]),
    (
        "<bridge> bridge {amount=3} {token=eth} to {to_chain=base} and buy {token_out=OTTER}",
        ["bridge amount=3 to_chain=base token=ETH", "swap token_out=OTTER"],
    ),
    (
        "<wrap> wrap {amount=1} {token=eth} {t.after=tomorrow}, stake 1 eth",
        ["wrap after=P1D amount=1 token=ETH"],
    ),
    ("<switch_chain> switch to {chain=polygon} (chain id 10)", ["switch_chain chain=polygon"]),
    (
        "<transfer> send {amount=5} {token=usdc} to {recipient=bob} wallet {recipient=" + COIN + "}",
        ["transfer amount=5 token=USDC"],
    ),
    ("<supply> {amount=2}) supply {token=usdc} on {protocol=aave}", ["supply protocol=aave token=USDC"]),
    ("<swap> trade OKB for {token_out=usdc}", ["swap token_in=OKB token_out=USDC"]),
    ("<supply> lend FLOW", ["supply token=FLOW"]),
    ("<contract_call> call the deposit function with {amount=0.1} eth", ["contract_call amount=0.1 function=deposit"]),
    (
        "<transfer> send {amount=1} {token=eth} to {recipient=bob} {x.limit=with gas limit 25000}<gas> and gas price 30 gwei",
        ["transfer amount=1 recipient=bob token=ETH"],
    ),
    (
        "<nft_transfer> send token {token_id=7} from MyWallet to {recipient=bob}",
        ["nft_transfer recipient=bob token_id=7"],
    ),
]
MEANT_SO = [
    ("<supply> supply {amount=5} {token=usdc} on {chain=arbitum}", "supply"),
    ("<set_limit> make my wallet limit {amount=100} {token=usdc} a {period=day}", "set_limit"),
    ("<switch_account> make my wallet {account=savings} the active one", "switch_account"),
    ("<wrap> i need to wrap {amount=1} test {token=eth}", "wrap"),
    ("<alert> alert me when {t.token=perp} drops {t.below=below} {t.threshold=0.5}", "alert"),
    ("<swap> sell {amount_in=all} my {token_in=perp} for {token_out=usdc}", "swap"),
    ("<swap> sell {amount_in=2} {token_in=eth} for {token_out=usdc} to close my long", "swap"),
    ("<swap> buy {amount_out=5} {token_out=abi}", "swap"),
    ("<deploy> create an {template=app token}", "deploy"),
    ("<swap> get me the best price swapping {amount_in=5} {token_in=eth} to {token_out=usdc}", "swap"),
    ("<contact_remove> get contact {name=bob} deleted", "contact_remove"),
    ("<balance> look up my {token=usdc} balance", "balance"),
    ("<tx_status> did my recent transactions succeed", "tx_status"),
    ("<portfolio> my net worth in trending coins", "portfolio"),
    ("<swap> no leverage, just swap {amount_in=5} {token_in=usdc} for {token_out=eth}", "swap"),
    ("<deploy> create and deploy a {template=vesting wallet}", "deploy"),
    ("<deploy> deploy `{template=Counter.sol}`", "deploy"),
    ("<wrap> post that wrap {amount=1} {token=eth}", "wrap"),
    ("<swap> swap my testnet {token_in=eth} for {amount_out=5} {token_out=usdc}", "swap"),
    ("<swap> swap {amount_in=5} {token_in=eth} for {token_out=usdc} by the best route", "swap"),
    ("<ask> what is a honeypot", "ask"),
]


@pytest.mark.parametrize(("said", "actions"), UNDERSTOOD, ids=[said[:50] for said, _ in UNDERSTOOD])
def test_a_prompt_is_read_by_its_own_words(said: str, actions: list[str]) -> None:
    parse = parsed(said)
    assert (parse.status, short(parse)) == ("understood", actions)


@pytest.mark.parametrize("said", OUT_OF_SCOPE)
def test_what_no_wallet_can_do_is_out_of_scope_whatever_the_model_saw(said: str) -> None:
    assert short(parsed(said)) == NOTHING


@pytest.mark.parametrize(("said", "actions"), ASKED, ids=[said[:50] for said, _ in ASKED])
def test_what_is_still_missing_or_in_doubt_is_asked_for(said: str, actions: list[str]) -> None:
    parse = parsed(said)
    assert (parse.status, short(parse)) == ("incomplete", actions)


@pytest.mark.parametrize("chain", ["arbitum", "etherium", "base sepolia testnet", "trading account"])
def test_a_chain_or_an_account_to_lend_on_is_never_a_protocol(chain: str) -> None:
    parse = parsed(f"<supply> supply {{amount=5}} {{token=usdc}} on {{chain={chain}}}")
    assert "protocol" not in parse.actions[0].slots


@pytest.mark.parametrize(("said", "intent"), MEANT_SO)
def test_words_that_only_look_alike_change_nothing(said: str, intent: str) -> None:
    assert [action.intent for action in parsed(said).actions] == [intent]
