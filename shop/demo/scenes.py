"""Every picture of the demo shop: which pots stand where, and in which glazes they are drawn."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from shop.demo import pieces as p
from shop.demo import tea_things as t
from shop.demo.glazes import GLAZES
from shop.demo.pieces import Parts, at
from shop.demo.staging import Scene


@dataclass(frozen=True)
class Drawing:
    """One arrangement, drawn once for each glaze; without glazes it is a single picture."""

    parts: Callable[[], Parts]
    glazes: tuple[str, ...] = ()
    pitch: float = 17.0
    fill: float = 0.64
    shift: tuple[float, float] = (-0.01, -0.01)
    size: tuple[int, int] = (1200, 1200)
    framed: int | None = None

    def scene(self) -> Scene:
        return Scene(self.parts(), self.pitch, self.fill, self.shift, self.framed)

    def names(self, name: str) -> Iterator[tuple[str, str]]:
        """The file name and the glaze of each picture."""
        if not self.glazes:
            yield name, "chalk"
        for glaze in self.glazes:
            yield f"{name}-{glaze}", glaze


def _morning_pair() -> Parts:
    return (
        *at(p.open_form("morning"), 64, -80, coat=GLAZES["oatmeal"]),
        *at(p.stack("morning", 3, 17), -44, 26),
    )


def _mug_pair() -> Parts:
    back = at(p.cup("mug", 150), -48, -44, coat=GLAZES["celadon"])
    return (*back, *at((*p.cup("mug", -25), *p.poured(37.6, 76, "5A2A12")), 40, 30))


def _plates() -> Parts:
    under = at(p.stack("dinner", 3, 7.5), coat=GLAZES["charcoal"])
    return (*under, *at(p.open_form("side"), 4, 2, y=23), *at(p.open_form("morning", 0.86), 0, 0, y=30))


def _dipping() -> Parts:
    spots = ((-74, 14, "sea"), (12, 66, "chalk"), (78, -8, "honey"), (-6, -66, "indigo"))
    return tuple(
        part for x, z, glaze in spots for part in at(p.open_form("dipping"), x, z, coat=GLAZES[glaze])
    )


def _travel_set() -> Parts:
    cups = (*at(p.open_form("tasting", 1.15), 62, 62), *at(p.open_form("tasting", 1.15), -28, 84))
    return (*p.teapot("small", -22), *cups)


def _gong_fu() -> Parts:
    cups = ((-70, 70), (4, 88), (76, 66))
    return (
        *p.gaiwan(),
        *at(p.sharing_jug(), 112, -34, turn=-20),
        *(
            part
            for x, z in cups
            for part in at((*p.open_form("tasting"), *p.poured(31.6, 30, "A9772C")), x, z)
        ),
    )


def _matcha_set() -> Parts:
    return (*p.open_form("chawan"), *at(t.whisk(), 96, -30), *at(t.scoop(), 20, 86, turn=14))


def _matcha_bowl() -> Parts:
    return (*p.open_form("chawan"), *p.poured(55.5, 46, "8C9C55", 0.55))


def _tasting() -> Parts:
    return tuple(
        part for x, z in ((-42, 16), (36, 40), (14, -42)) for part in at(p.open_form("tasting"), x, z)
    )


def _tea_lights() -> Parts:
    return (*at(p.tea_light(), -34, 24), *at(p.tea_light(), 52, -32))


def _bud_trio() -> Parts:
    return (
        *at(p.vase("bud"), -70, 20, coat=GLAZES["shino"]),
        *at(p.vase("bud", 1.2), 8, -34, coat=GLAZES["indigo"]),
        *at(p.vase("bud", 0.86), 72, 28, coat=GLAZES["celadon"]),
    )


def _candlesticks(height: float = 120) -> Parts:
    return p.candlestick(height)


def _tableware() -> Parts:
    return (
        *at(p.stack("dinner", 4, 7.5), 96, -60, coat=GLAZES["chalk"]),
        *at(p.stack("rice", 2, 22), 100, -58, y=31, coat=GLAZES["sea"]),
        *at(p.open_form("serving"), -150, -70, coat=GLAZES["ash"]),
        *at(p.cup("mug", -30), -40, 96, coat=GLAZES["indigo"]),
        *at(p.open_form("dipping"), 66, 122, coat=GLAZES["honey"]),
    )


def _teas() -> Parts:
    return (
        *at(t.tea("needle", "green")[:2], -128, 20),
        *at(t.tea("assam", "black")[:2], 34, 66),
        *at(t.tea("chamomile", "herbal")[:2], 158, -34),
        *at(t.tin(t.TINS["oolong"], 92, 35), 6, -104),
        *at(t.tin(t.TINS["green"], 112, 35), -84, -120),
    )


def _tea_ware() -> Parts:
    return (
        *at(p.teapot("round", -20), -60, -30, coat=GLAZES["celadon"]),
        *at(p.open_form("chawan"), 118, -50, coat=GLAZES["tenmoku"]),
        *at((*p.open_form("yunomi", 0.9), *p.poured(31, 64, "A8913C")), 60, 74, coat=GLAZES["oatmeal"]),
        *at(t.whisk(), 208, 34),
    )


def _home() -> Parts:
    return (
        *at(p.vase("moon-jar", 1.1), -70, -50, coat=GLAZES["moon"]),
        *at(p.vase("bottle", 1.2), 88, -96, coat=GLAZES["tenmoku"]),
        *at(p.vase("bud", 1.1), 66, 62, coat=GLAZES["sea"]),
        *at(p.tea_light(), 152, 44, coat=GLAZES["iron-red"]),
    )


def _hero() -> Parts:
    return (
        *at(p.vase("bottle", 1.16), -196, -70, coat=GLAZES["ash"]),
        *at(p.vase("moon-jar", 0.92), -64, -104, coat=GLAZES["moon"]),
        *at(p.teapot("round", -16), 96, -6, coat=GLAZES["celadon"]),
        *at((*p.open_form("yunomi", 0.9), *p.poured(31, 64, "A8913C")), -40, 74, coat=GLAZES["oatmeal"]),
        *at(p.open_form("chawan"), -150, 66, coat=GLAZES["tenmoku"]),
        *at(p.stack("rice", 2, 22), 262, -66, coat=GLAZES["indigo"]),
        *at(p.cup("mug", -24), 330, 40, coat=GLAZES["shino"]),
        *at(p.open_form("dipping"), 214, 96, coat=GLAZES["honey"]),
    )


def _one(name: str, size: float = 1.0) -> Callable[[], Parts]:
    return lambda: p.open_form(name, size)


def _vase(name: str, size: float = 1.0) -> Callable[[], Parts]:
    return lambda: p.vase(name, size)


def _tea(leaf: str, kind: str) -> Drawing:
    return Drawing(lambda: t.tea(leaf, kind), pitch=29, fill=0.74, shift=(0.0, 0.0))


DRAWINGS: dict[str, Drawing] = {
    # Bowls
    "morning-bowl": Drawing(_one("morning"), ("celadon", "oatmeal", "indigo"), 24),
    "ramen-bowl": Drawing(_one("ramen"), ("tenmoku", "iron-red", "moon"), 23, 0.70),
    "rice-bowl": Drawing(_one("rice"), ("celadon", "tenmoku", "sea"), 22, 0.58),
    "serving-bowl": Drawing(_one("serving"), ("ash", "oatmeal"), 25, 0.76),
    "pouring-bowl": Drawing(p.pouring_bowl, ("moon", "honey"), 24, 0.66),
    "dipping-bowls": Drawing(_dipping, (), 34, 0.72),
    # Plates
    "dinner-plate": Drawing(_one("dinner"), ("chalk", "ash", "indigo"), 36, 0.78),
    "side-plate": Drawing(_one("side"), ("chalk", "ash", "indigo"), 36, 0.66),
    "pasta-plate": Drawing(_one("pasta"), ("oatmeal", "sea", "tenmoku"), 32, 0.74),
    "platter": Drawing(_one("platter"), ("moon", "iron-red"), 34, 0.82),
    "leaf-dish": Drawing(_one("leaf-dish"), ("celadon", "shino"), 32, 0.56),
    # Mugs and cups
    "everyday-mug": Drawing(lambda: p.cup("mug", -18), ("oatmeal", "celadon", "indigo", "tenmoku"), 16, 0.60),
    "studio-mug": Drawing(lambda: p.cup("big-mug", -18), ("ash", "charcoal", "honey"), 16, 0.66),
    "espresso-cup": Drawing(
        lambda: p.with_saucer(p.cup("espresso", -30), 58), ("tenmoku", "moon", "sea"), 22, 0.60
    ),
    "cappuccino-cup": Drawing(
        lambda: p.with_saucer(p.cup("cappuccino", -30), 76), ("chalk", "oatmeal", "iron-red"), 22, 0.68
    ),
    "tumbler": Drawing(_one("tumbler"), ("sea", "shino", "charcoal"), 16, 0.58),
    # Teapots
    "round-teapot": Drawing(
        lambda: p.teapot("round", -16), ("celadon", "tenmoku", "oatmeal", "indigo"), 15, 0.78
    ),
    "family-teapot": Drawing(lambda: p.teapot("family", -16), ("chalk", "ash"), 15, 0.80),
    "kyusu": Drawing(lambda: p.kyusu(14), ("iron-red", "charcoal"), 20, 0.78),
    "travel-set": Drawing(_travel_set, ("moon", "honey"), 20, 0.76),
    # Gaiwans
    "gaiwan": Drawing(p.gaiwan, ("moon", "celadon", "iron-red"), 17, 0.62),
    "sharing-jug": Drawing(p.sharing_jug, ("moon", "celadon"), 17, 0.56),
    "gong-fu-set": Drawing(_gong_fu, ("moon", "celadon"), 24, 0.78),
    # Tea bowls
    "chawan": Drawing(_one("chawan"), ("tenmoku", "shino", "ash"), 20, 0.62),
    "summer-chawan": Drawing(_one("summer-chawan"), ("celadon", "moon", "sea"), 24, 0.66),
    "yunomi": Drawing(_one("yunomi"), ("oatmeal", "iron-red", "indigo"), 16, 0.56),
    "tasting-cups": Drawing(_tasting, ("chalk", "celadon"), 24, 0.66),
    "matcha-set": Drawing(_matcha_set, ("tenmoku", "ash"), 20, 0.78),
    # Caddies and accessories
    "stoneware-caddy": Drawing(t.stoneware_caddy, ("celadon", "tenmoku", "oatmeal"), 14, 0.60),
    "tin-caddy-green": Drawing(lambda: t.tin(t.TINS["green"]), (), 16, 0.56),
    "tin-caddy-red": Drawing(lambda: t.tin(t.TINS["black"]), (), 16, 0.56),
    "tin-caddy-blue": Drawing(lambda: t.tin(t.TINS["oolong"]), (), 16, 0.56),
    "tin-caddy-ochre": Drawing(lambda: t.tin(t.TINS["herbal"]), (), 16, 0.56),
    "natsume": Drawing(t.natsume, ("charcoal", "iron-red"), 16, 0.52),
    "bamboo-whisk": Drawing(t.whisk, (), 16, 0.62),
    "bamboo-scoop": Drawing(lambda: at(t.scoop(), turn=24), (), 30, 0.74),
    "whisk-stand": Drawing(t.whisk_stand, ("celadon", "charcoal"), 16, 0.50),
    # Vases and jugs
    "moon-jar": Drawing(_vase("moon-jar"), ("moon", "chalk"), 10, 0.66),
    "bottle-vase": Drawing(_vase("bottle"), ("sea", "tenmoku", "ash"), 10, 0.74),
    "bud-vase": Drawing(_vase("bud"), ("celadon", "indigo", "shino", "iron-red"), 11, 0.62),
    "cylinder-vase": Drawing(_vase("cylinder"), ("oatmeal", "charcoal"), 11, 0.68),
    "shoulder-vase": Drawing(_vase("shoulder"), ("celadon", "tenmoku"), 10, 0.74),
    "fluted-vase": Drawing(_vase("fluted"), ("sea", "chalk"), 11, 0.68),
    "milk-jug": Drawing(p.milk_jug, ("honey", "chalk"), 16, 0.58),
    "pitcher": Drawing(p.pitcher, ("oatmeal", "ash"), 13, 0.72),
    # Planters
    "herb-pot": Drawing(lambda: p.planter("herb"), ("chalk", "sea", "oatmeal"), 17, 0.58),
    "planter": Drawing(lambda: p.planter("planter"), ("oatmeal", "charcoal", "ash"), 16, 0.66),
    "tall-planter": Drawing(_vase("tall"), ("chalk", "charcoal"), 13, 0.72),
    "bonsai-bowl": Drawing(_vase("low"), ("iron-red", "indigo"), 20, 0.72),
    # Candle holders
    "candlestick": Drawing(_candlesticks, ("charcoal", "chalk"), 10, 0.76),
    "chamber-stick": Drawing(p.chamber_stick, ("oatmeal", "honey"), 16, 0.64),
    "tea-light-bowl": Drawing(_tea_lights, ("sea", "iron-red", "moon"), 22, 0.64),
    "incense-holder": Drawing(p.incense_holder, ("celadon", "charcoal"), 18, 0.64),
    # Tea
    "sencha": _tea("needle", "green"),
    "gyokuro": _tea("gyokuro", "green"),
    "matcha": _tea("matcha", "green"),
    "genmaicha": _tea("genmaicha", "green"),
    "longjing": _tea("longjing", "green"),
    "jasmine-pearls": _tea("pearl", "green"),
    "darjeeling": _tea("darjeeling", "black"),
    "assam": _tea("assam", "black"),
    "keemun": _tea("keemun", "black"),
    "earl-grey": _tea("earl-grey", "black"),
    "tieguanyin": _tea("rolled", "oolong"),
    "dong-ding": _tea("roasted", "oolong"),
    "da-hong-pao": _tea("rock", "oolong"),
    "oriental-beauty": _tea("white-tip", "oolong"),
    "chamomile": _tea("chamomile", "herbal"),
    "peppermint": _tea("mint", "herbal"),
    "rooibos": _tea("rooibos", "herbal"),
    "lemon-verbena": _tea("verbena", "herbal"),
    # Second views
    "morning-bowl-stack": Drawing(_morning_pair, ("celadon",), 20, 0.72),
    "everyday-mug-pair": Drawing(_mug_pair, ("oatmeal",), 20, 0.70),
    "dinner-plate-set": Drawing(_plates, ("chalk",), 24, 0.78),
    "chawan-matcha": Drawing(_matcha_bowl, ("shino",), 33, 0.66),
    "bud-vase-trio": Drawing(_bud_trio, (), 12, 0.74),
    "sencha-cup": Drawing(lambda: t.infusion("needle", "green", "B9B04A"), (), 27, 0.78),
    "assam-cup": Drawing(lambda: t.infusion("assam", "black", "8A3412"), (), 27, 0.78),
    # The home page and the four shelves
    "hero": Drawing(_hero, (), 14, 0.84, (0.0, -0.03), (1920, 1080)),
    "tableware": Drawing(_tableware, (), 21, 0.80),
    "tea": Drawing(_teas, (), 27, 0.84),
    "tea-ware": Drawing(_tea_ware, (), 17, 0.82),
    "home": Drawing(_home, (), 12, 0.76),
}
