"""Tea itself, and what keeps and stirs it: dishes of leaf, tins, caddies, whisk and scoop."""

from shop.demo.glazes import GLAZES, PORCELAIN, Coat, Leaves, Plain
from shop.demo.heaps import heap, powder
from shop.demo.pieces import Parts, at, open_form, poured
from shop.demo.solids import lump, spline, tube, vessel
from shop.demo.staging import Part

BAMBOO = Plain("CFAE74", 0.5, 0.5, grain=0.22, stretch=14)
DARK_BAMBOO = Plain("8E6B3F", 0.5, 0.5, grain=0.25, stretch=12)
WOOD = Plain("8A5F3C", 0.6, 0.4, grain=0.45, stretch=0.25)


def stoneware_caddy(wooden: bool = False) -> Parts:
    body = vessel(
        [(36, 0), (39, 2), (47, 12), (50, 46), (47, 80), (39, 92), (38, 97)], wall=4, floor=7, rings=0.08
    )
    lid = lump([(0, 94), (36, 94), (41, 97.6), (41.4, 102), (38, 105), (0, 107)], soft=1.0)
    knob = lump([(0, 105), (6, 106), (5.6, 110), (9, 113), (9, 116.5), (6, 119), (0, 119.6)], soft=0.7)
    coat = WOOD if wooden else None
    return (Part(body), Part(lid, coat=coat), Part(knob, coat=coat, blend=3))


def tin(colour: str, height: float = 104, radius: float = 39, label: str = "EDE6D8") -> Parts:
    """A lacquered tin with a slip lid and a paper band without a word on it."""
    r, h = radius, height
    body = lump(
        [
            (0, 0),
            (r - 1, 0),
            (r, 1),
            (r, h * 0.80),
            (r - 0.9, h * 0.80),
            (r - 0.9, h * 0.815),
            (r + 0.3, h * 0.815),
            (r + 0.3, h - 1.2),
            (r - 1, h),
            (r - 4, h),
            (r - 5, h - 1.4),
            (0, h - 1.4),
        ],
        soft=0.35,
    )
    return (Part(body, coat=Plain(colour, 0.30, 0.75, bands=((h * 0.20, h * 0.58, label),))),)


def natsume() -> Parts:
    side = spline([(23, 0.6), (29, 8), (33.6, 22), (35, 36), (34.7, 45.2)])
    cover = spline([(35, 46.4), (34.2, 56), (30.5, 64), (20, 69.4), (0, 71)])
    body = lump([(0, 0), (21, 0), *side.tolist(), (34.2, 45.6), (34.2, 46), *cover.tolist()], soft=0.3)
    return (Part(body),)


def whisk() -> Parts:
    tines = lump(
        [(0, 44), (10.5, 44), (12, 50), (19, 74), (25, 98), (24.5, 104), (21, 102), (0, 92)],
        soft=0.8,
        flutes=(72, 1.6, 48, 130),
    )
    grip = lump([(0, 0), (11, 0), (12, 1), (11.6, 22), (11.4, 44), (10, 46), (0, 46)], soft=0.7)
    band = lump([(0, 45), (11.8, 45), (12.6, 47), (12.6, 50), (11.8, 52), (0, 52)], soft=0.5)
    return (Part(grip, coat=BAMBOO), Part(tines, coat=BAMBOO), Part(band, coat=Plain("3B332C", 0.7, 0.3)))


def scoop() -> Parts:
    stem = tube(
        [(-92, 3), (-40, 4.2), (30, 4.5), (66, 6), (84, 11), (93, 19)],
        [2.6, 2.6, 2.5, 3, 3.6, 3.2],
        flat=0.42,
    )
    knot = tube([(-4, 4.4), (4, 4.4)], [3.1, 3.1], flat=0.42)
    return (Part(stem, coat=DARK_BAMBOO), Part(knot, coat=DARK_BAMBOO, blend=3))


def whisk_stand() -> Parts:
    return open_form("stand")


TINS = {"green": "56675A", "black": "7A3A28", "oolong": "2F4A58", "herbal": "B98A4A"}
DISHES: dict[str, Coat] = {
    "green": GLAZES["chalk"],
    "black": GLAZES["moon"],
    "oolong": GLAZES["celadon"],
    "herbal": GLAZES["oatmeal"],
}


def tea(leaf: str, kind: str) -> Parts:
    """A dish of the dry leaf with its tin behind."""
    hill = powder("7F9848", 52, 34) if leaf == "matcha" else heap(leaf, 62.0, 25.0)
    return (
        *at(open_form("leaf-dish", 1.22), coat=DISHES[kind]),
        Part(hill, (0, 5.6, 0), coat=Leaves()),
        *at(tin(TINS[kind], 92, 35), 76, -98),
    )


def infusion(leaf: str, kind: str, liquor: str) -> Parts:
    """The tea drawn, beside its leaves."""
    drink = (*at(open_form("tasting", 1.5), coat=PORCELAIN), *poured(45.4, 45, liquor))
    return (*at(drink, -66, 24), *at(tea(leaf, kind)[:2], 62, -34))
