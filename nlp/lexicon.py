"""Closed lists: coins, chains, protocols, currencies and the small words that recognisers and value readers share."""

from collections.abc import Mapping
from types import MappingProxyType


def _words(text: str, separator: str | None = None) -> tuple[str, ...]:
    return tuple(text.split(separator))


TICKERS = frozenset(
    _words("""eth weth wavax wpol wbnb wxdai wmatic btc wbtc cbbtc tbtc usdc usdt dai usds susds sdai gho frax lusd crvusd fdusd tusd busd usde susde pyusd eurc eurs
    usdc.e usdbc rlusd steth wsteth reth cbeth weeth eeth ezeth rseth sfrxeth frxeth oeth meth sweth ankreth osseth link uni
    aave comp crv cvx ldo rpl mkr sky snx sushi bal yfi 1inch grt ens pepe shib doge floki bonk wif degen brett toshi aero velo
    cake gmx pendle eigen ethfi ena ondo morpho spk lqty arb op matic pol avax bnb gnosis gno xdai ftm celo mnt scr zk zro strk
    imx apt sui sol ada xrp dot ltc bch atom near trx ton xlm fil icp inj tia sei hbar algo rndr fet tao wld blur ape
    mana sand axs gala chz bat zrx knc lrc rune paxg xaut stg cow usdp gusd mim spell fxs jup jto pyth hype mog
    ygg dydx perp bnt api3 uma rlc storj ankr glm ocean agix akt wbeth 3crv""")
)

COIN_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "ether": "ETH", "ethers": "ETH", "ethereum": "ETH", "eths": "ETH", "Ξ": "ETH", "ξ": "ETH",
        "bitcoin": "BTC", "bitcoins": "BTC", "btcs": "BTC",
        "usd coin": "USDC", "usd coins": "USDC", "circle usd": "USDC", "tether": "USDT", "tethers": "USDT", "tether usd": "USDT",
        "wrapped ether": "WETH", "wrapped eth": "WETH", "wrapped ethereum": "WETH",
        "wrapped bitcoin": "WBTC", "wrapped btc": "WBTC", "chainlink": "LINK", "uniswap token": "UNI",
        "dogecoin": "DOGE", "shiba inu": "SHIB", "shiba": "SHIB", "litecoin": "LTC", "solana": "SOL", "cardano": "ADA",
        "ripple": "XRP", "polkadot": "DOT", "euro coin": "EURC", "staked ether": "STETH", "staked eth": "STETH",
        "lido staked ether": "STETH", "lido staked eth": "STETH", "wrapped steth": "WSTETH", "wrapped staked ether": "WSTETH",
        "rocket pool eth": "RETH", "coinbase wrapped btc": "CBBTC", "pepecoin": "PEPE", "the graph": "GRT",
        "polygon token": "POL", "dai stablecoin": "DAI", "paypal usd": "PYUSD", "bnb coin": "BNB", "binance coin": "BNB",
    }
)  # fmt: skip

TOKEN_WORDS = TICKERS | COIN_NAMES.keys()

CHAINS: Mapping[str, str] = MappingProxyType(
    {
        "ethereum": "ethereum", "ethereum mainnet": "ethereum", "eth mainnet": "ethereum", "mainnet": "ethereum",
        "main net": "ethereum", "l1": "ethereum", "mainnet l1": "ethereum", "layer 1": "ethereum", "layer one": "ethereum", "eth": "ethereum",
        "ethereum l1": "ethereum", "base": "base", "base mainnet": "base", "arbitrum": "arbitrum", "arbitrum one": "arbitrum",
        "arb": "arbitrum", "arb one": "arbitrum", "arbitrum mainnet": "arbitrum", "optimism": "optimism", "op": "optimism",
        "op mainnet": "optimism", "optimism mainnet": "optimism", "polygon": "polygon", "matic": "polygon",
        "polygon pos": "polygon", "polygon mainnet": "polygon", "pol": "polygon", "bsc": "bsc", "bnb chain": "bsc",
        "bnb smart chain": "bsc", "binance smart chain": "bsc", "binance chain": "bsc", "bnb": "bsc", "binance": "bsc",
        "avalanche": "avalanche", "avax": "avalanche", "avalanche c-chain": "avalanche", "avalanche c chain": "avalanche",
        "gnosis": "gnosis", "gnosis chain": "gnosis", "xdai": "gnosis", "gno": "gnosis", "linea": "linea", "scroll": "scroll",
        "zksync": "zksync", "zksync era": "zksync", "zk sync": "zksync", "era": "zksync", "sepolia": "sepolia",
        "ethereum sepolia": "sepolia", "sepolia testnet": "sepolia", "eth sepolia": "sepolia", "base sepolia": "base-sepolia",
        "base testnet": "base-sepolia", "base-sepolia": "base-sepolia", "local": "local", "localhost": "local", "anvil": "local",
        "local chain": "local", "local node": "local", "ganache": "ganache", "devnet": "local", "local devnet": "local",
        "arbitrum sepolia": "arbitrum-sepolia", "arbitrum testnet": "arbitrum-sepolia", "arbitrum-sepolia": "arbitrum-sepolia",
        "optimism sepolia": "optimism-sepolia", "op sepolia": "optimism-sepolia", "optimism testnet": "optimism-sepolia",
        "holesky": "holesky", "hoodi": "hoodi", "blast": "blast", "mantle": "mantle", "mode": "mode", "zora": "zora",
        "celo": "celo", "fantom": "fantom", "unichain": "unichain", "ink": "ink", "soneium": "soneium",
        "world chain": "world-chain", "worldchain": "world-chain", "polygon zkevm": "polygon-zkevm", "manta": "manta",
        "berachain": "berachain", "sonic": "sonic", "taiko": "taiko", "starknet": "starknet", "solana": "solana",
        "monad": "monad", "hyperevm": "hyperevm", "katana": "katana", "abstract": "abstract", "moonbeam": "moonbeam",
        "cronos": "cronos", "metis": "metis", "opbnb": "opbnb", "fraxtal": "fraxtal", "arbitrum nova": "arbitrum-nova",
    }
)  # fmt: skip

# EIP-155.
CHAIN_IDS: Mapping[str, str] = MappingProxyType(
    {
        "1": "ethereum", "10": "optimism", "56": "bsc", "100": "gnosis", "137": "polygon", "324": "zksync", "8453": "base", "42161": "arbitrum",
        "43114": "avalanche", "59144": "linea", "534352": "scroll", "11155111": "sepolia", "84532": "base-sepolia", "421614": "arbitrum-sepolia",
        "11155420": "optimism-sepolia", "17000": "holesky", "560048": "hoodi", "31337": "local", "1337": "ganache", "81457": "blast", "5000": "mantle",
        "34443": "mode", "7777777": "zora", "42220": "celo", "250": "fantom", "130": "unichain", "57073": "ink", "1868": "soneium", "480": "world-chain",
    }
)  # fmt: skip

PROTOCOLS: Mapping[str, str] = MappingProxyType(
    {
        "uniswap": "uniswap", "uni": "uniswap", "uniswap v2": "uniswap-v2", "uni v2": "uniswap-v2", "univ2": "uniswap-v2",
        "uniswapv2": "uniswap-v2", "uniswap v3": "uniswap-v3", "uni v3": "uniswap-v3", "univ3": "uniswap-v3",
        "uniswapv3": "uniswap-v3", "uniswap v4": "uniswap-v4", "uni v4": "uniswap-v4", "uniswapv4": "uniswap-v4",
        "aave": "aave", "aave v2": "aave-v2", "aave v3": "aave-v3", "aavev3": "aave-v3", "aavev2": "aave-v2",
        "compound": "compound", "comp": "compound", "compound v2": "compound-v2", "compound v3": "compound-v3",
        "compound iii": "compound-v3", "comet": "compound-v3", "compound finance": "compound", "lido": "lido",
        "lido finance": "lido", "rocket pool": "rocket-pool", "rocketpool": "rocket-pool", "curve": "curve",
        "curve finance": "curve", "curve.fi": "curve", "sushi": "sushiswap", "sushiswap": "sushiswap",
        "sushi swap": "sushiswap", "1inch": "1inch", "oneinch": "1inch", "one inch": "1inch", "balancer": "balancer",
        "balancer v2": "balancer-v2", "balancer v3": "balancer-v3", "spark": "spark", "spark lend": "spark",
        "sparklend": "spark", "spark protocol": "spark", "morpho": "morpho", "morpho blue": "morpho-blue", "yearn": "yearn",
        "yearn finance": "yearn", "maker": "maker", "makerdao": "maker", "sky": "sky", "pancakeswap": "pancakeswap",
        "pancake swap": "pancakeswap", "pancake": "pancakeswap", "aerodrome": "aerodrome", "aero": "aerodrome",
        "velodrome": "velodrome", "gmx": "gmx", "pendle": "pendle", "convex": "convex", "frax": "frax",
        "frax ether": "frax", "ether.fi": "ether-fi", "etherfi": "ether-fi", "ether fi": "ether-fi",
        "eigenlayer": "eigenlayer", "eigen layer": "eigenlayer", "stargate": "stargate", "across": "across", "hop": "hop",
        "hop protocol": "hop", "across protocol": "across", "synapse": "synapse", "celer": "celer", "wormhole": "wormhole",
        "layerzero": "layerzero", "cctp": "cctp", "paraswap": "paraswap", "velora": "velora", "cowswap": "cow-swap",
        "cow swap": "cow-swap", "cow": "cow-swap", "matcha": "matcha", "0x": "0x", "kyber": "kyberswap",
        "kyberswap": "kyberswap", "odos": "odos", "openocean": "openocean", "camelot": "camelot", "trader joe": "trader-joe",
        "traderjoe": "trader-joe", "quickswap": "quickswap", "fluid": "fluid", "euler": "euler", "venus": "venus",
        "radiant": "radiant", "benqi": "benqi", "moonwell": "moonwell", "seamless": "seamless", "ethena": "ethena",
        "instadapp": "instadapp", "stakewise": "stakewise", "swell": "swell", "renzo": "renzo", "kelp": "kelp",
        "kelp dao": "kelp", "mantle lsp": "mantle-lsp", "coinbase staking": "coinbase", "ankr": "ankr",
        "liquity": "liquity", "synthetix": "synthetix", "opensea": "opensea", "blur": "blur", "seaport": "seaport",
        "permit2": "permit2", "uniswap-v2": "uniswap-v2", "uniswap-v3": "uniswap-v3", "aave-v3": "aave-v3",
        "rocket-pool": "rocket-pool", "metamorpho": "morpho", "bancor": "bancor", "thorchain": "thorchain", "dydx": "dydx",
        "hyperliquid": "hyperliquid", "beefy": "beefy", "gains": "gains", "fraxlend": "fraxlend", "silo": "silo",
    }
)  # fmt: skip


def _names(*rows: str) -> Mapping[str, str]:
    """`USD: $, usd, dollar` as each name -> code."""
    named = (row.split(": ") for row in rows)
    return MappingProxyType({name: code for code, names in named for name in names.split(", ")})


CURRENCIES: Mapping[str, str] = _names(
    "USD: $, usd, dollar, dollars, buck, bucks, us dollar, us dollars, american dollars, us$, usd$",
    "EUR: €, eur, euro, euros",
    "GBP: £, gbp, pound, pounds, quid, sterling, pound sterling, pounds sterling, british pounds",
    "JPY: ¥, yen, jpy, japanese yen",
    "CHF: chf, franc, francs, swiss franc, swiss francs",
    "CAD: cad, c$, ca$, cad$, canadian dollar, canadian dollars, loonies",
    "AUD: aud, a$, au$, aud$, australian dollar, australian dollars, aussie dollar, aussie dollars",
    "NZD: nzd, nz$, nzd$, new zealand dollars",
    "SGD: sgd, s$, sg$, sgd$, singapore dollar, singapore dollars",
    "HKD: hkd, hk$, hkd$, hong kong dollars",
    "TWD: twd, nt$",
    "INR: inr, rupee, rupees, ₹, indian rupees",
    "CNY: cny, yuan, rmb, 元, chinese yuan, renminbi",
    "KRW: krw, ₩, korean won",
    "BRL: brl, reais, r$, brazilian reais",
    "MXN: mxn, mxn$, mex$, mexican pesos",
    "SEK: sek, swedish kronor",
    "NOK: nok, norwegian kroner",
    "DKK: dkk, danish kroner",
    "PLN: pln, zloty, zlotys",
    "ZAR: zar, south african rand",
    "AED: aed, dirham, dirhams",
    "TRY: lira, liras, turkish lira, turkish liras, ₺",
    "UAH: uah, hryvnia, hryvnias, ₴",
    "NGN: ngn, naira, ₦",
    "PHP: philippine pesos, ₱",
    "THB: thb, baht, ฿",
    "VND: vnd, ₫",
    "ILS: ils, shekel, shekels, ₪",
    "CZK: czk, koruna",
    "CRC: crc, ₡",
    "GEL: gel, ₾",
    "LAK: lak, ₭",
    "GHS: ghs, cedi, cedis",
    "IDR: idr, rupiah, rupiahs",
    "MYR: myr, ringgit, ringgits",
    "RUB: ruble, rubles, rouble, roubles",
    "HUF: huf, forint, forints",
)
"""Names and signs of currencies, lower case, with their ISO 4217 codes."""

CURRENCY_SIGNS = tuple(name for name in CURRENCIES if not name.replace(" ", "").isalpha() or name == "元")

MINOR_UNITS: Mapping[str, str] = MappingProxyType({"cent": "USD", "cents": "USD", "pence": "GBP"})
"""Hundredths, with the currency they are understood in."""

WEEKDAYS: Mapping[str, str] = MappingProxyType(
    {
        form: day
        for day, forms in {
            "monday": "mon", "tuesday": "tue tues", "wednesday": "wed weds", "thursday": "thu thur thurs", "friday": "fri",
            "saturday": "sat", "sunday": "sun",
        }.items()
        for form in (day, day + "s", *forms.split())
    }
)  # fmt: skip

MONTHS: Mapping[str, int] = MappingProxyType(
    {
        form: number
        for number, forms in enumerate(
            _words(
                "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|september sep sept|october oct"
                "|november nov|december dec",
                "|",
            ),
            start=1,
        )
        for form in forms.split()
    }
)

VAGUE_WORDS = frozenset(
    _words("""few some several couple bunch most lot lots bit handful little many much plenty dozens hundreds thousands millions tons
    chunk portion part loads smidge tad something whatever enough almost nearly roughly-ish""")
)
SHARE_WORDS = frozenset(
    _words("""all everything max maximum entire whole full fully half halves third thirds quarter quarters fourth fourths fifth fifths
    sixth sixths eighth eighths tenth tenths unlimited infinite infinity rest remaining remainder""")
)

_CORRECTABLE = (
    *(
        name
        for name in CHAINS
        if len(name) >= 6 and name.isalpha() and name not in {"abstract", "katana", "manta", "mantle"}
    ),
    *(
        name
        for name in PROTOCOLS
        if len(name) >= 6 and name.isalpha() and name not in {"across", "matcha", "radiant", "kelpie"}
    ),
    *(name for name in COIN_NAMES if len(name) >= 6 and name.isalpha() and not name.endswith("s")),
)
_NEVER_CORRECTED = frozenset(
    _words("""finance financed fandom fractal fractals morph morphs synthetic cholesky wether devent phantom radian seamlines balance balances balanced balancing either whether together ether scroll scrolls compounds compounded curves makers binary
    polygons optimist optimise optimize sonics cosmic sonic tonic shibas fluids metric
    camelot ripples cripple triple gripple nether weather
    seamlessly sushis locals vocal focal convey convert context liquid liquidity camels velcro venus menus stargates
    staking bancorp pancakes pancaked hopper renzo odds monads nomad beauty fluently""")
)


def _shorter(word: str) -> set[str]:
    """The word with any one letter left out."""
    return {word[:i] + word[i + 1 :] for i in range(len(word))}


def _variants() -> dict[str, frozenset[str]]:
    table: dict[str, set[str]] = {}
    for name in _CORRECTABLE:
        for variant in {name} | _shorter(name):
            table.setdefault(variant, set()).add(name)
    return {variant: frozenset(names) for variant, names in table.items()}


_VARIANTS: Mapping[str, frozenset[str]] = MappingProxyType(_variants())


def one_edit_apart(left: str, right: str) -> bool:
    """Whether one letter added, left out, changed or swapped with its neighbour makes `left` into `right`."""
    if left == right or abs(len(left) - len(right)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
    a, b = left[start:], right[start:]
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def correct(word: str) -> str:
    """The one name of the closed lists that a lower-case word misspells by one letter, or the word itself.

    Only chains, protocols and full coin names: tickers, addresses and the names of people are never repaired.
    """
    if not 5 <= len(word) <= 16 or word in _NEVER_CORRECTED or not word.isalpha() or word in TICKERS:
        return word
    if word in CHAINS or word in PROTOCOLS or word in COIN_NAMES:
        return word
    near = {name for variant in {word} | _shorter(word) for name in _VARIANTS.get(variant, ())}
    names = {name for name in near if one_edit_apart(word, name) and word not in (name + "s", name + "d")}
    return names.pop() if len(names) == 1 else word
