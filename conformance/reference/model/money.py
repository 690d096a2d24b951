"""Minor units, exact decimals, Stripe's roundings and its limits per currency."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

#: Smallest amount a card is charged, in minor units (INV-ARI-035).
MINIMUM: dict[str, int] = {
    "usd": 50,
    "eur": 50,
    "gbp": 30,
    "aud": 50,
    "cad": 50,
    "chf": 50,
    "nzd": 50,
    "sgd": 50,
    "brl": 50,
    "inr": 50,
    "jpy": 50,
    "aed": 200,
    "bgn": 100,
    "czk": 1500,
    "dkk": 250,
    "hkd": 400,
    "huf": 17500,
    "mxn": 1000,
    "myr": 200,
    "nok": 300,
    "pln": 200,
    "ron": 200,
    "sek": 300,
    "thb": 1000,
}
#: Eight digits (INV-ARI-036).
MAXIMUM = 99_999_999
#: Currencies without minor units (INV-ARI-037).
ZERO_DECIMAL = frozenset(
    ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"]
)
#: Currencies of three decimals, charged in steps of ten (INV-ARI-038).
THREE_DECIMAL = frozenset(["bhd", "jod", "kwd", "omr", "tnd"])
SYMBOLS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥", "inr": "₹"}
KNOWN = frozenset(
    [
        "aed",
        "afn",
        "all",
        "amd",
        "ang",
        "aoa",
        "ars",
        "aud",
        "awg",
        "azn",
        "bam",
        "bbd",
        "bdt",
        "bgn",
        "bhd",
        "bif",
        "bmd",
        "bnd",
        "bob",
        "brl",
        "bsd",
        "bwp",
        "byn",
        "bzd",
        "cad",
        "cdf",
        "chf",
        "clp",
        "cny",
        "cop",
        "crc",
        "cve",
        "czk",
        "djf",
        "dkk",
        "dop",
        "dzd",
        "egp",
        "etb",
        "eur",
        "fjd",
        "fkp",
        "gbp",
        "gel",
        "gip",
        "gmd",
        "gnf",
        "gtq",
        "gyd",
        "hkd",
        "hnl",
        "hrk",
        "htg",
        "huf",
        "idr",
        "ils",
        "inr",
        "isk",
        "jmd",
        "jod",
        "jpy",
        "kes",
        "kgs",
        "khr",
        "kmf",
        "krw",
        "kwd",
        "kyd",
        "kzt",
        "lak",
        "lbp",
        "lkr",
        "lrd",
        "lsl",
        "mad",
        "mdl",
        "mga",
        "mkd",
        "mmk",
        "mnt",
        "mop",
        "mro",
        "mur",
        "mvr",
        "mwk",
        "mxn",
        "myr",
        "mzn",
        "nad",
        "ngn",
        "nio",
        "nok",
        "npr",
        "nzd",
        "omr",
        "pab",
        "pen",
        "pgk",
        "php",
        "pkr",
        "pln",
        "pyg",
        "qar",
        "ron",
        "rsd",
        "rub",
        "rwf",
        "sar",
        "sbd",
        "scr",
        "sek",
        "sgd",
        "shp",
        "sle",
        "sll",
        "sos",
        "srd",
        "std",
        "svc",
        "szl",
        "thb",
        "tjs",
        "tnd",
        "top",
        "try",
        "ttd",
        "twd",
        "tzs",
        "uah",
        "ugx",
        "usd",
        "uyu",
        "uzs",
        "vnd",
        "vuv",
        "wst",
        "xaf",
        "xcd",
        "xof",
        "xpf",
        "yer",
        "zar",
        "zmw",
    ]
)

_ONE = Decimal(1)


def half_up(amount: Decimal) -> int:
    """The nearest integer, halves away from zero (INV-ARI-002, INV-ARI-008)."""
    return int(amount.quantize(_ONE, ROUND_HALF_UP))


def half_even(amount: Decimal) -> int:
    """Rounded to whole minor units, halves to the even one."""
    return int(amount.quantize(_ONE, ROUND_HALF_EVEN))


def floored(amount: Decimal) -> int:
    """Towards zero."""
    return int(amount.quantize(_ONE, ROUND_DOWN))


def plain(number: Decimal) -> str:
    """``2000`` rather than ``2E+3`` or ``2000.00``: how Stripe writes decimals."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def shown(amount: int, currency: str) -> str:
    """``$25.00``: an amount as it stands in descriptions and error texts."""
    sign = SYMBOLS.get(currency, "")
    figure = f"{amount:,}" if currency in ZERO_DECIMAL else f"{amount / 100:,.2f}"
    return f"{sign}{figure}" if sign else f"{figure} {currency.upper()}"


def share(total: int, weights: list[int]) -> list[int]:
    """``total`` over ``weights`` in proportion: every part but the last non-zero one floored, that one takes the rest
    (INV-ARI-009, INV-ARI-010).
    """
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    last = max(index for index, weight in enumerate(weights) if weight)
    parts[last] += total - sum(parts)
    return parts
