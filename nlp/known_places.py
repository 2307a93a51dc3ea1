"""Chains and protocols outside the closed lists of `lexicon`, by name, so that one is never taken for the other.

Some of the names are coins, too (near, ton): only a word that a label made a place is looked up here.
"""

CHAINS = frozenset(
    """hedera sui aptos tron ton near stellar cardano polkadot kusama cosmos injective sei xrpl algorand tezos filecoin flow kaia klaytn harmony aurora evmos kava iota
    astar moonriver boba canto conflux flare songbird xlayer zircuit lisk plume sophon swellchain apechain ronin viction telos pharos somnia megaeth plasma
    dogechain bitlayer rootstock rsk stacks mantra dymension celestia archway neutron terra radix multiversx elrond vechain theta wax nervos zilliqa skale superseed
    bitcoin lumia""".split()  # noqa: SIM905
)

PROTOCOLS = frozenset(
    """orca raydium jupiter marinade jito kamino marginfi solend drift meteora lifinity saros sanctum tinyman folks pact saucerswap cetus navi suilend scallop bluefin turbos
    aftermath deepbook aries thala liquidswap echelon amnis burrow osmosis astroport stonfi dedust sundaeswap minswap liqwid soroswap aquarius blend lifi debridge bungee socket rango
    squid axelar orbiter owlto rhino meson allbridge mayan jumper rubic symbiosis chainflip everclear connext plutus dolomite jonesdao jones lodestar vesta gravita granite
    peridot tectonic vvs spookyswap spiritswap beethoven lfj pharaoh blackhole thena biswap apeswap wombat dodo woofi maverick ambient syncswap izumi iziswap lynex zerolend nile
    agni fusionx lendle baseswap granary sonne aloe ajna notional gearbox sturdy clearpool maple goldfinch centrifuge superform sommelier stakedao concentrator aura prisma
    yieldnest puffer bedrock mellow symbiotic karak stader figment kiln allnodes everstake gogopool apriori kintsu magma haedal volo symphony dragonswap yei takara kodiak infrared
    honeyswap felix hyperlend hypurrfi hyperswap kittenswap upshift veda trenches aevo lyra derive vertex bluechip hubble port tulip francium curvance layerbank prime""".split()  # noqa: SIM905
)
