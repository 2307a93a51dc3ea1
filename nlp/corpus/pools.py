"""Word pools of the corpus: names, tickers, coins, chains and protocols as people write them. Plain data."""

from collections.abc import Mapping


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


TOKENS = _words(
    """eth usdc usdt dai weth wbtc link uni aave arb op matic bnb avax steth wsteth reth cbeth crv cvx bal sushi
    mkr comp ldo rpl snx grt ens pepe shib doge sol ada dot atom ftm gno lusd frax tusd usde susde eurc gho
    pyusd usds gmx pendle 1inch yfi ape imx mana sand axs fet rndr stx near xrp ltc bch trx ton btc cbbtc weeth
    ezeth usd0 usdp bat zrx knc wld blur dydx magic stg pol xdai wxdai sdai rdnt velo aero degen brett"""
)
COMMON_TOKENS = _words("eth usdc usdt dai weth wbtc link uni aave arb op matic steth")
STAKEABLE = _words("eth steth matic sol link aave crv gno")
COIN_NAMES: Mapping[str, str] = {
    "ether": "ETH", "ethereum": "ETH", "etherium": "ETH", "bitcoin": "BTC", "usd coin": "USDC", "tether": "USDT",
    "wrapped ether": "WETH", "wrapped eth": "WETH", "wrapped bitcoin": "WBTC", "chainlink": "LINK", "uniswap": "UNI",
    "dogecoin": "DOGE", "shiba inu": "SHIB", "solana": "SOL", "cardano": "ADA", "polkadot": "DOT", "litecoin": "LTC",
    "ripple": "XRP", "maker": "MKR", "bitcoins": "BTC", "ethers": "ETH", "staked ether": "STETH", "dogecoins": "DOGE",
}  # fmt: skip
CURRENCY_WORDS: Mapping[str, str] = {
    "usd": "USD", "dollars": "USD", "us dollars": "USD", "eur": "EUR", "euros": "EUR", "euro": "EUR", "gbp": "GBP",
    "pounds": "GBP", "yen": "JPY", "jpy": "JPY", "chf": "CHF", "swiss francs": "CHF", "cad": "CAD", "aud": "AUD",
    "EUR": "EUR", "USD": "USD", "GBP": "GBP",
}  # fmt: skip
CHAINS: Mapping[str, tuple[str, ...]] = {
    "ethereum": ("ethereum", "mainnet", "eth mainnet", "L1", "ethereum mainnet", "l1", "Ethereum"),
    "base": ("base", "Base", "BASE", "base mainnet"),
    "arbitrum": ("arbitrum", "arb", "Arbitrum", "arbitrum one", "arbitum", "arbitrm"),
    "optimism": ("optimism", "op", "OP Mainnet", "op mainnet", "Optimism", "optimsm"),
    "polygon": ("polygon", "matic", "Polygon", "polygn", "poligon"),
    "bsc": ("bsc", "bnb chain", "BNB chain", "BSC", "binance smart chain"),
    "avalanche": ("avalanche", "avax", "Avalanche", "avalance"),
    "gnosis": ("gnosis", "xdai", "gnosis chain", "Gnosis"),
    "linea": ("linea", "Linea"),
    "scroll": ("scroll", "Scroll"),
    "zksync": ("zksync", "zkSync", "zksync era"),
    "sepolia": ("sepolia", "Sepolia"),
    "base-sepolia": ("base sepolia", "base testnet"),
    "local": ("local", "localhost", "anvil"),
    "blast": ("blast",), "mantle": ("mantle",), "celo": ("celo",), "mode": ("mode",), "fantom": ("fantom",),
    "zora": ("zora",), "berachain": ("berachain",), "unichain": ("unichain",), "sonic": ("sonic",),
}  # fmt: skip
COMMON_CHAINS = ("ethereum", "base", "arbitrum", "optimism", "polygon", "bsc", "avalanche", "gnosis", "linea", "scroll")
DEXES: Mapping[str, tuple[str, ...]] = {
    "uniswap": ("uniswap", "uni", "Uniswap", "uniswp", "unisawp"),
    "uniswap-v2": ("uniswap v2", "uni v2", "Uniswap V2"),
    "uniswap-v3": ("uniswap v3", "uni v3", "univ3", "Uniswap V3"),
    "uniswap-v4": ("uniswap v4", "uni v4"),
    "sushiswap": ("sushiswap", "sushi", "SushiSwap", "sushi swap"),
    "curve": ("curve", "Curve", "curve finance"),
    "balancer": ("balancer", "Balancer", "balancr"),
    "1inch": ("1inch", "1INCH", "1inch"),
    "pancakeswap": ("pancakeswap", "pancake", "PancakeSwap", "pancake swap"),
    "cowswap": ("cowswap", "cow swap", "CoW Swap"),
    "aerodrome": ("aerodrome", "Aerodrome"), "velodrome": ("velodrome",), "camelot": ("camelot",),
    "paraswap": ("paraswap",), "kyberswap": ("kyberswap", "kyber"), "matcha": ("matcha",),
}  # fmt: skip
LENDERS: Mapping[str, tuple[str, ...]] = {
    "aave": ("aave", "Aave", "AAVE", "aavee"),
    "aave-v3": ("aave v3", "Aave V3", "aave-v3"),
    "aave-v2": ("aave v2",),
    "compound": ("compound", "Compound", "compund"),
    "compound-v3": ("compound v3", "Compound III"),
    "spark": ("spark", "Spark", "sparklend"),
    "morpho": ("morpho", "Morpho", "morpho blue"),
    "maker": ("maker", "makerdao"), "euler": ("euler",), "fluid": ("fluid",), "venus": ("venus",),
    "moonwell": ("moonwell",), "radiant": ("radiant",), "yearn": ("yearn", "yearn finance"),
}  # fmt: skip
STAKERS: Mapping[str, tuple[str, ...]] = {
    "lido": ("lido", "Lido", "LIDO"),
    "rocket-pool": ("rocket pool", "Rocket Pool", "rocketpool", "roket pool"),
    "frax": ("frax", "frax ether"),
    "eigenlayer": ("eigenlayer", "EigenLayer"),
    "etherfi": ("etherfi", "ether.fi"),
    "stader": ("stader",),
    "swell": ("swell",),
    "coinbase": ("coinbase",),
}
BRIDGES: Mapping[str, tuple[str, ...]] = {
    "across": ("across", "Across"), "stargate": ("stargate", "Stargate"), "hop": ("hop", "hop protocol"),
    "synapse": ("synapse",), "wormhole": ("wormhole",), "celer": ("celer",), "orbiter": ("orbiter",),
    "layerzero": ("layerzero",), "cctp": ("cctp",), "debridge": ("debridge",),
}  # fmt: skip
FIRST_NAMES = _words(
    """bob alice carol dave erin frank grace heidi ivan judy mallory oscar peggy trent victor walter wendy anna ben
    chloe daniel emma felix greta hugo ines jonas klara liam mia noah olivia paul quinn rosa sam tina uma vera
    will xenia yara zoe amir fatima omar layla yusuf aisha hassan mariam khalid noor tariq zainab ahmed leila
    karim rania raj priya arjun ananya vikram kavya rohan meera sanjay divya anil lakshmi nikhil deepa wei mei
    jun li xiu hao ling chen yan ming hiro yuki kenji sakura takeshi aiko haruto naoko ren emi minjun jiwoo
    seojun hana soo-jin dmitri olga sergei natasha boris katya mikhail irina oleg svetlana bogdan milos jelena
    ana marko petra luka ivana tomas pavel jana radek agnieszka piotr zofia kasia marek magda giulia marco luca
    chiara matteo sofia alessandro francesca pierre camille louis amelie jean manon lucie antoine carlos maria
    jose lucia diego valentina mateo camila pablo isabel joao beatriz thiago larissa rafael mariana kwame ama
    kofi abena chidi ngozi emeka adaeze tunde folake sipho thandi juma wanjiru otieno achieng lars ingrid sven
    astrid bjorn freya nils sigrid eero aino mikko siobhan niamh conor aoife declan rhys cerys angus isla callum
    moana kai leilani tane ariana mehmet ayse emre elif cem deniz linh nguyen thanh minh huong somchai ploy budi
    siti dewi agus tala rizal amihan yael avi noa eitan shira levi lucas jack ethan tyler megan brandon kayla
    jordan taylor casey morgan riley gio vlad lena max theo nina kira leo rae dana amy cleo tom jerry steve mike
    kate lucy harry ella ron iris otto edith pilar rocio nadia samir zara imani jamal keisha"""
)
RELATIONS = _words(
    """mum mom dad brother sister landlord landlady wife husband girlfriend boyfriend boss roommate flatmate
    grandma grandpa uncle aunt cousin accountant lawyer dentist plumber gardener babysitter tutor trainer barber
    neighbour neighbor friend son daughter partner cofounder assistant nephew niece nanny designer contractor"""
)
HANDLES = _words(
    """b0b kay_7 al1ce m4x j0hn zed99 cryptokate moonboy degen_dan sat0shi anon42 whale_hunter 0xmaki tom-w dj_ravi
    lil_p mr_k ana.b jules88 r00t hexa neo_x k8 nightowl gm_guy pix3l vee2 big_al"""
)
ACCOUNTS = _words(
    """savings main trading vault cold hot business work daily spending hardware ledger trezor holiday rainy-day
    travel burner defi nft play tax joint emergency backup second degen family school house retirement"""
)
COLLIDING = _words(
    """link base op uni comp spark dai max sol near ape hop frank mode magic sand blur curve will mark"""
)
ENS_LEFT = _words(
    """moonlit quiet brave amber silver coral hidden lucky rapid golden frosty misty velvet cosmic paper wild
    electric salty humble bright clever rusty mellow pixel copper lunar solar"""
)
ENS_RIGHT = _words(
    """otter heron fox maple harbor meadow comet tiger pine river falcon badger lantern orchid raven ember canyon
    willow anchor bakery studio dao labs treasury payroll shop vault fund collective guild"""
)
COLLECTIONS = (
    "Azuki", "Doodles", "CryptoPunks", "BAYC", "Moonbirds", "Pudgy Penguins", "Bored Ape Yacht Club", "Cool Cats",
    "Meebits", "CloneX", "Art Blocks", "Nouns", "Milady", "mfers", "World of Women", "CrypToadz", "Otherdeed",
    "Loot", "Chromie Squiggle", "DeGods", "Goblintown", "Invisible Friends", "Sappy Seals", "Lil Pudgys", "punk",
    "azuki", "doodle", "pudgy penguin", "bored ape", "moonbird", "cool cat", "noun",
)  # fmt: skip
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TEMPLATES = (
    "erc20", "erc-20", "ERC20", "erc721", "ERC-721", "multisig", "vesting", "escrow", "staking", "timelock",
    "airdrop", "token vesting", "simple vault", "payment splitter", "dao governor", "hello world", "faucet token",
    "fixed supply token", "nft collection", "token sale",
)  # fmt: skip
VIEW_FUNCTIONS = _words(
    """totalSupply decimals symbol name owner paused getReserves latestAnswer latestRoundData slot0 token0 token1
    factory asset totalAssets cap"""
)
VIEW_ADDRESS_FUNCTIONS = _words("balanceOf nonces delegates isOwner earned getUserAccountData isMinter maxWithdraw")
CALL_FUNCTIONS = _words(
    """claim harvest deposit withdraw stake mint burn pause unpause exit claimRewards sync skim compound
    renounceOwnership poke execute rebase"""
)
CALL_AMOUNT_FUNCTIONS = _words("deposit withdraw stake mint burn redeem setFee setCap increaseUnlockTime enter leave")
