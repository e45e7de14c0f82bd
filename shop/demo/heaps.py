"""Loose tea, leaf by leaf: each kind is a heap of small curved shapes laid one over another."""

from dataclasses import dataclass

import numpy as np

from shop.demo.glazes import rgb
from shop.demo.solids import Floats, Heaped, Table, blur

SIZE = 860


@dataclass(frozen=True)
class Kind:
    """One sort of bit in a heap; lengths in millimetres. `share` is its part of the heap."""

    colours: tuple[str, ...]
    length: tuple[float, float]
    width: float
    thick: float
    curl: float = 0.0
    share: float = 1.0
    petals: int = 0


TEAS: dict[str, tuple[Kind, ...]] = {
    "needle": (Kind(("3C4A2C", "485735", "56653E", "303C25"), (7, 15), 0.75, 1.1, 0.02),),
    "gyokuro": (Kind(("253B2E", "2F4736", "3B533F", "1D3027"), (6, 14), 0.7, 1.0, 0.02),),
    "genmaicha": (
        Kind(("47602F", "566C36", "3A5128"), (5, 12), 0.8, 1.1, 0.02, 0.66),
        Kind(("CDB27C", "B8925A", "DCC798", "A57B45"), (5, 7), 1.5, 2.6, 0.0, 0.27),
        Kind(("EFE6D2", "F4EDDD"), (6, 8), 3.2, 3.6, 0.02, 0.07),
    ),
    "longjing": (Kind(("7A8446", "8C9350", "69773C", "9A9C5C"), (11, 18), 2.0, 0.8, 0.006),),
    "hojicha": (Kind(("6B4527", "7C5430", "59371F", "8D6840"), (6, 15), 1.3, 1.2, 0.02),),
    "pearl": (
        Kind(("6D7A52", "7F8862", "5B6846", "A9AC8C"), (6.5, 8), 3.5, 6.0, 0.0, 0.85),
        Kind(("C9CBAF", "9FA67E"), (5, 7), 0.9, 1.4, 0.06, 0.15),
    ),
    "darjeeling": (
        Kind(("5B4A2C", "6F5B34", "46381F", "7E6C3F"), (6, 13), 1.1, 1.2, 0.03, 0.72),
        Kind(("7C8250", "8D8F60"), (6, 12), 1.2, 1.2, 0.03, 0.2),
        Kind(("C9C1A2", "B9AF8C"), (6, 10), 0.8, 1.1, 0.03, 0.08),
    ),
    "assam": (
        Kind(("2B1A12", "38231A", "1E120D", "46301F"), (4, 10), 0.9, 1.1, 0.03, 0.87),
        Kind(("A9742F", "BD8A3F"), (4, 9), 0.8, 1.1, 0.03, 0.13),
    ),
    "keemun": (Kind(("201612", "2B1F19", "17100D", "382A21"), (5, 10), 0.6, 0.9, 0.03),),
    "earl-grey": (
        Kind(("251811", "33221A", "1B110D"), (5, 11), 0.95, 1.1, 0.03, 0.92),
        Kind(("49629A", "5B74AE"), (5, 8), 0.7, 0.7, 0.05, 0.05),
        Kind(("C79C3E",), (3, 6), 1.3, 0.9, 0.0, 0.03),
    ),
    "lapsang": (Kind(("1A1311", "261C18", "110C0B", "302520"), (8, 17), 1.2, 1.3, 0.025),),
    "rolled": (Kind(("434F39", "525E45", "353F2D", "636C4F"), (4.5, 8), 2.6, 4.2, 0.03),),
    "roasted": (Kind(("4A3524", "5A412B", "39281B", "6B5037"), (4.5, 8), 2.6, 4.2, 0.03),),
    "rock": (Kind(("2A211B", "362B23", "1F1814", "46382B"), (12, 24), 1.5, 1.7, 0.012),),
    "white-tip": (
        Kind(("7A5334", "8E6641", "5D3F2B"), (8, 15), 1.6, 1.5, 0.02, 0.7),
        Kind(("CFC6B0", "B8AB90"), (7, 13), 1.1, 1.5, 0.02, 0.3),
    ),
    "chamomile": (
        Kind(("D8CFB4", "E0D8C0", "CABF9F"), (8, 10), 2.2, 0.8, 0.0, 0.42, 9),
        Kind(("B48C3C", "BF9848", "A07A30"), (5.5, 7), 5.6, 4.6, 0.0, 0.5),
        Kind(("8C8F56", "7B8049"), (7, 14), 1.0, 0.9, 0.02, 0.08),
    ),
    "mint": (Kind(("5A6B43", "6B7B50", "4A5A37", "7C885E"), (5, 12), 3.6, 0.7, 0.01),),
    "rooibos": (Kind(("85422A", "965033", "70351F", "A6623F"), (4, 9), 0.45, 0.7, 0.015),),
    "verbena": (Kind(("818C62", "909A70", "707B52", "A1A883"), (16, 28), 3.0, 0.9, 0.006),),
    "mountain": (
        Kind(("7C8A6A", "93A083", "66754F"), (6, 14), 2.6, 0.8, 0.01, 0.62),
        Kind(("C9B24C", "D6C268"), (4, 7), 2.2, 2.2, 0.0, 0.22),
        Kind(("A46C86", "8C5674"), (4, 7), 1.8, 1.6, 0.0, 0.16),
    ),
    "ginger": (
        Kind(("CDAE72", "DBC08A", "BC9A5E"), (5, 9), 2.8, 2.0, 0.0, 0.55),
        Kind(("93A05C", "7F8E4B"), (6, 14), 1.1, 0.8, 0.01, 0.3),
        Kind(("E0BD4A",), (4, 8), 1.4, 0.9, 0.0, 0.15),
    ),
}


def heap(name: str, radius: float = 46.0, height: float = 17.0) -> Heaped:
    rng = np.random.default_rng(sum(name.encode()))
    cell = 2 * radius / (SIZE - 1)
    u, v = np.meshgrid(*[np.linspace(-radius, radius, SIZE)] * 2)
    away = np.sqrt(u * u + v * v) / radius
    mound = (height * np.clip(1 - away**2, 0, 1) ** 1.2 - 3.0 * (away > 0.93)).astype(np.float32)
    heights, colours = mound - np.float32(1.5), np.zeros((SIZE, SIZE, 3), np.float32)
    colours[:] = rgb(TEAS[name][0].colours[-1]) * 0.5
    for kind in TEAS[name]:
        area = kind.width * np.mean(kind.length) * 1.6
        for _ in range(int(kind.share * 9 * radius**2 / area)):
            _lay(kind, rng, heights, colours, mound, cell, radius)
    cavity = np.clip(1 + (heights - blur(heights, 12)) * 0.42, 0.40, 1.25)
    table = Table(heights.astype(np.float32), (-radius, -radius), cell)
    return Heaped(table, colours * cavity[..., None].astype(np.float32), (radius, 0.0, height + 2))


def powder(colour: str, radius: float = 40.0, height: float = 22.0) -> Heaped:
    """Matcha: a soft hill, broken here and there where it was spooned."""
    rng = np.random.default_rng(5)
    u, v = np.meshgrid(*[np.linspace(-radius, radius, SIZE)] * 2)
    away = np.sqrt(u * u + (v * 1.06) ** 2) / radius
    lumps = np.zeros((SIZE, SIZE), np.float32)
    for size, weight in ((6, 9), (17, 34), (45, 60)):
        lumps += blur(rng.random((SIZE, SIZE)), size) * weight
    lumps -= lumps.mean()
    heights = (
        height * np.clip(1 - away, 0, 1) ** 0.9 + lumps * np.clip(1.1 - away, 0, 1) - 2.0 * (away > 0.96)
    )
    tone = 1 + 0.10 * (blur(rng.random((SIZE, SIZE)), 3) - 0.5) + 0.05 * lumps
    table = Table(heights.astype(np.float32), (-radius, -radius), 2 * radius / (SIZE - 1))
    return Heaped(table, (rgb(colour) * tone[..., None]).astype(np.float32), (radius, 0.0, height))


def _lay(
    kind: Kind,
    rng: np.random.Generator,
    heights: Floats,
    colours: Floats,
    mound: Floats,
    cell: float,
    radius: float,
) -> None:
    """One leaf (or, with petals, one flower) put down where it happens to fall."""
    place = (
        radius
        * min(0.98, 0.88 * np.sqrt(rng.random()) + 0.06 * abs(rng.normal()))
        * np.exp(1j * rng.uniform(0, 2 * np.pi))
    )
    lift, tone = rng.uniform(-0.5, 1.1), rng.uniform(0.78, 1.2)
    colour = rgb(kind.colours[rng.integers(len(kind.colours))]) * tone
    length = rng.uniform(*kind.length) * 0.62
    angle, curl = rng.uniform(0, 2 * np.pi), rng.normal(0, 1) * kind.curl
    for petal in range(max(1, kind.petals)):
        way = angle + 2 * np.pi * petal / max(1, kind.petals)
        spot = place + (length * 0.9 * np.exp(1j * way) if kind.petals else 0)
        _stamp(
            heights,
            colours,
            mound,
            cell,
            radius,
            spot,
            way,
            length / (2 if kind.petals else 1),
            kind,
            lift,
            curl,
            colour,
        )


def _stamp(
    heights: Floats,
    colours: Floats,
    mound: Floats,
    cell: float,
    radius: float,
    spot: complex,
    angle: float,
    length: float,
    kind: Kind,
    lift: float,
    curl: float,
    colour: Floats,
) -> None:
    reach = int((length + kind.width) / cell) + 2
    column, row = int((spot.real + radius) / cell), int((spot.imag + radius) / cell)
    rows, columns = slice(max(0, row - reach), row + reach), slice(max(0, column - reach), column + reach)
    under = heights[rows, columns]
    if not under.size:
        return
    y, x = np.mgrid[rows.start : rows.start + under.shape[0], columns.start : columns.start + under.shape[1]]
    x, y = x * cell - radius - spot.real, y * cell - radius - spot.imag
    along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    bent = across - curl * along * along
    full = 1 - (along / length) ** 2 - (bent / (kind.width * 0.68 * (1.2 - 0.5 * (along / length) ** 2))) ** 2
    level = mound[min(row, SIZE - 1), min(column, SIZE - 1)] + lift + 0.05 * along
    top = level + kind.thick * 0.8 * (np.clip(full, 0, 1) ** 0.7 - 0.3)
    over = (full > 0) & (top > under)
    under[over] = top[over]
    vein = 1 + 0.16 * np.sin(bent / kind.width * 9.0) + 0.10 * np.clip(full, 0, 1)
    colours[rows, columns][over] = (colour * vein[..., None])[over]
