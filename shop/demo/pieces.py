"""The shop's pots: profiles as a potter would draw them, in millimetres, foot first."""

from collections.abc import Sequence
from functools import cache

from shop.demo.glazes import Clay, Coat, Plain
from shop.demo.solids import Point, Turned, lump, spline, tube, vessel
from shop.demo.staging import Part

Parts = tuple[Part, ...]
WAX = Plain("EFE6D2", 0.45, 0.6)
WICK = Plain("2B2724", 0.9, 0.1)


def at(
    parts: Parts, x: float = 0, z: float = 0, *, y: float = 0, turn: float = 0, coat: Coat | None = None
) -> Parts:
    """The same piece put elsewhere, turned as a whole, perhaps in a glaze of its own."""
    return tuple(
        Part(
            p.solid,
            (p.at[0] + x, p.at[1] + y, p.at[2] + z),
            p.turn + turn,
            p.tilt,
            p.coat or coat,
            p.blend,
            p.pierced,
        )
        for p in parts
    )


def scaled(points: Sequence[Point], size: float) -> list[Point]:
    return [(x * size, y * size) for x, y in points]


# --- Bowls and plates ---------------------------------------------------------------------------------------
BOWLS: dict[str, tuple[list[Point], float, float]] = {  # profile, wall, throwing rings
    "morning": ([(27, 0), (29, 1.5), (28.5, 6), (31, 8), (53, 20), (66, 40), (71, 62), (72, 68)], 4.2, 0.07),
    "ramen": ([(32, 0), (34, 1.5), (33, 10), (37, 13), (64, 36), (88, 64), (99, 84)], 4.6, 0.10),
    "rice": ([(21, 0), (23, 1.5), (22.5, 7), (26, 9), (46, 23), (56, 43), (59, 60)], 3.4, 0.06),
    "serving": ([(54, 0), (57, 2), (56, 8), (62, 11), (102, 32), (126, 62), (133, 84)], 5.4, 0.12),
    "pouring": ([(30, 0), (32, 1.5), (32, 6), (36, 8), (60, 22), (70, 44), (70, 62)], 4.0, 0.10),
    "dipping": ([(20, 0), (22, 1.2), (26, 4), (40, 12), (46, 24), (47, 29)], 3.4, 0.04),
    "dinner": ([(76, 0), (79, 1.5), (80, 5), (104, 8.5), (124, 14), (134, 22)], 5.0, 0.0),
    "side": ([(56, 0), (59, 1.5), (60, 5), (80, 8), (94, 12.5), (101, 19)], 4.6, 0.0),
    "pasta": ([(58, 0), (61, 1.5), (62, 5), (84, 11), (104, 26), (113, 41)], 5.0, 0.06),
    "platter": ([(130, 0), (134, 1.5), (150, 4), (158, 12), (160, 24)], 5.6, 0.0),
    "leaf-dish": ([(34, 0), (37, 1.5), (44, 4), (58, 9), (64, 17)], 4.0, 0.0),
    "chawan": ([(27, 0), (29, 2), (28, 8), (34, 10), (52, 19), (59, 36), (60, 60), (61, 76)], 4.6, 0.13),
    "summer-chawan": ([(25, 0), (27, 2), (26, 7), (31, 9), (56, 24), (70, 46), (75, 57)], 4.0, 0.14),
    "yunomi": ([(25, 0), (28, 1.5), (33, 8), (37, 32), (38, 60), (37.5, 86)], 3.6, 0.10),
    "tasting": ([(14, 0), (16, 1.2), (16, 4), (19, 6), (29, 18), (33, 32), (34, 36)], 2.4, 0.04),
    "tumbler": ([(29, 0), (32, 1.5), (36, 8), (39, 40), (41.5, 88), (42, 98)], 3.4, 0.08),
    "beaker": ([(27, 0), (30, 1.5), (36, 14), (39, 44), (36, 78), (38, 104)], 3.4, 0.12),
    "kensui": ([(44, 0), (47, 2), (58, 16), (64, 44), (62, 70), (68, 84)], 4.4, 0.16),
    "stand": ([(30, 0), (33, 2), (33, 10), (28, 24), (20, 44), (19, 58), (21, 64)], 3.2, 0.0),
}
WOBBLES = {"chawan": 0.014, "summer-chawan": 0.009, "yunomi": 0.006, "pouring": 0.006, "kensui": 0.006}


@cache
def bowl(name: str, size: float = 1.0) -> Turned:
    profile, wall, rings = BOWLS[name]
    flat = name in {"dinner", "side", "platter", "leaf-dish", "pasta"}
    return vessel(
        scaled(profile, size),
        wall=wall,
        floor=6 if flat else 8,
        rings=rings,
        wobble=WOBBLES.get(name, 0.003),
        seed=len(name),
    )


def open_form(name: str, size: float = 1.0) -> Parts:
    return (Part(bowl(name, size)),)


def stack(name: str, count: int, rise: float, size: float = 1.0) -> Parts:
    one = open_form(name, size)
    shifts = [(0.0, 0.0), (1.2, -0.6), (-1.0, 0.9), (0.8, 0.5)]
    return tuple(
        p for i in range(count) for p in at(one, shifts[i % 4][0], shifts[i % 4][1], y=i * rise, turn=77 * i)
    )


@cache
def liquid(radius: float, level: float) -> Turned:
    return lump([(0, level - 2), (radius, level - 2), (radius, level), (0, level)], soft=0.4)


def poured(radius: float, level: float, colour: str, rough: float = 0.03) -> Parts:
    return (Part(liquid(radius, level), coat=Plain(colour, rough, 1.0)),)


def pouring_bowl() -> Parts:
    lip = tube([(63, 48), (72, 53), (83, 60)], [14, 12.5, 10], bore=0.78, cut=(-0.08, 0.997, 54.5))
    return (*open_form("pouring"), Part(lip, blend=5, pierced=True))


# --- Cups ---------------------------------------------------------------------------------------------------
@cache
def cup_body(name: str) -> Turned:
    profiles: dict[str, list[Point]] = {
        "mug": [(30, 0), (33, 1.5), (38, 8), (40.5, 30), (40, 60), (39.5, 84), (40, 90)],
        "big-mug": [(34, 0), (37, 1.5), (45, 12), (50, 38), (47, 70), (45, 92), (46, 100)],
        "espresso": [(19, 0), (21, 1.5), (27, 9), (30, 28), (31, 50), (31.5, 55)],
        "cappuccino": [(24, 0), (26, 1.5), (26, 5), (34, 12), (46, 34), (49, 56), (49.5, 62)],
        "travel": [(24, 0), (26, 1.5), (32, 8), (36, 26), (37, 48)],
    }
    return vessel(profiles[name], wall=3.6, floor=7, rings={"mug": 0.09, "big-mug": 0.14}.get(name, 0.05))


HANDLES: dict[str, tuple[list[Point], list[float], float]] = {
    "mug": ([(40, 75), (49, 78), (62, 71), (66, 55), (58, 38), (41, 28)], [5.4, 4.2, 3.7, 3.7, 4.2, 6], 0.58),
    "big-mug": ([(43, 84), (56, 88), (73, 79), (77, 60), (68, 41), (48, 32)], [6, 4.6, 4, 4, 4.6, 6.5], 0.56),
    "espresso": (
        [(29, 43), (37, 46), (47, 41), (49, 31), (43, 22), (29, 17)],
        [4, 3.0, 2.7, 2.7, 3, 4.4],
        0.6,
    ),
    "cappuccino": (
        [(49, 51), (57, 54), (68, 48), (70, 37), (62, 27), (44, 24)],
        [4.6, 3.5, 3.1, 3.1, 3.5, 5],
        0.6,
    ),
}


def cup(name: str, turn: float = 0) -> Parts:
    points, girths, flat = HANDLES[name]
    handle = tube(points, girths, flat=flat)
    return (Part(cup_body(name), turn=turn), Part(handle, turn=turn, blend=4))


@cache
def saucer_form(radius: float) -> Turned:
    return vessel(
        [(radius * 0.46, 0), (radius * 0.5, 1.2), (radius * 0.53, 4), (radius * 0.8, 7.5), (radius, 14)],
        wall=3.8,
        floor=5,
    )


def with_saucer(parts: Parts, radius: float) -> Parts:
    return (Part(saucer_form(radius)), *at(parts, y=4.6))


# --- Tea ware -----------------------------------------------------------------------------------------------
POTS: dict[str, list[Point]] = {
    "round": [(36, 0), (40, 2), (61, 18), (72, 46), (63, 74), (44, 89), (37, 92)],
    "family": [(46, 0), (50, 2), (72, 26), (81, 62), (73, 98), (50, 118), (42, 122)],
    "kyusu": [(40, 0), (44, 2), (60, 14), (64, 34), (56, 54), (40, 63), (35, 65)],
    "small": [(26, 0), (29, 1.5), (44, 14), (51, 34), (44, 55), (30, 65), (25, 67)],
}


@cache
def pot_body(name: str) -> Turned:
    return vessel(POTS[name], wall=3.8, floor=7, rings=0.09)


@cache
def pot_lid(radius: float, base: float) -> tuple[Turned, Turned]:
    r, y = radius, base
    dome = spline(
        [(r + 2.2, y + 1.6), (r * 0.82, y + 5.0), (r * 0.5, y + 8.2), (r * 0.2, y + 9.8), (0, y + 10)]
    )
    lid = lump([(0, y - 2), (r - 1, y - 2), (r + 1.8, y - 0.4), *dome.tolist()], soft=0.6)
    bud = spline([(5, y + 8), (4.2, y + 12), (6.6, y + 15), (8.2, y + 18.4), (6.4, y + 21.6), (0, y + 23)])
    knob = lump([(0, y + 8), *bud.tolist()], soft=0.4)
    return lid, knob


def teapot(name: str, turn: float = 0, handle: Coat | None = None) -> Parts:
    rim_r, rim_y = POTS[name][-1]
    lid, knob = pot_lid(rim_r, rim_y)
    belly, top = max(x for x, _ in POTS[name]), rim_y
    spout = tube(
        [
            (belly * 0.72, top * 0.36),
            (belly * 1.14, top * 0.46),
            (belly * 1.36, top * 0.74),
            (belly * 1.60, top * 1.0),
        ],
        [belly * 0.21, belly * 0.155, belly * 0.115, belly * 0.09],
        bore=0.70,
        cut=(0.34, 0.94, belly * 1.52 * 0.34 + top * 0.955 * 0.94),
    )
    grip = tube(
        [
            (-belly * 0.72, top * 0.82),
            (-belly * 1.12, top * 0.98),
            (-belly * 1.46, top * 0.82),
            (-belly * 1.46, top * 0.50),
            (-belly * 1.16, top * 0.30),
            (-belly * 0.84, top * 0.27),
        ],
        [6, 4.6, 4.4, 4.2, 4.4, 6],
        flat=0.7,
    )
    return (
        Part(pot_body(name), turn=turn),
        Part(spout, turn=turn, blend=7),
        Part(grip, turn=turn, blend=6, coat=handle),
        Part(lid, turn=turn),
        Part(knob, turn=turn, blend=4),
    )


def kyusu(turn: float = 0) -> Parts:
    rim_r, rim_y = POTS["kyusu"][-1]
    lid, knob = pot_lid(rim_r, rim_y)
    spout = tube([(46, 30), (70, 36), (86, 50), (96, 60)], [15, 11, 8, 6.4], bore=0.7, cut=(0.34, 0.94, 85))
    grip = tube([(50, 40), (84, 52), (122, 62)], [9.5, 8, 11])
    return (
        Part(pot_body("kyusu"), turn=turn),
        Part(spout, turn=turn + 180, blend=6),
        Part(grip, turn=turn - 62, blend=6),
        Part(lid, turn=turn),
        Part(knob, turn=turn, blend=4),
    )


@cache
def gaiwan_forms() -> tuple[Turned, Turned, Turned]:
    body = vessel([(19, 0), (21, 1.4), (20.5, 6), (24, 8), (36, 24), (43, 44), (50, 55)], wall=2.8, floor=7)
    lid = lump(
        [
            (0, 50),
            (40, 50),
            (42, 51.5),
            (36, 57),
            (22, 63),
            (11, 65.5),
            (10, 71),
            (11, 73),
            (8, 73),
            (7, 69),
            (0, 68),
        ],
        soft=0.7,
    )
    saucer = vessel([(24, 0), (26, 1.2), (28, 3), (46, 7), (55, 13)], wall=3, floor=4.4)
    return body, lid, saucer


def gaiwan() -> Parts:
    body, lid, saucer = gaiwan_forms()
    return (Part(saucer), Part(body, (0, 4, 0)), Part(lid, (0, 4, 0)))


def sharing_jug(handle: bool = False) -> Parts:
    body = vessel([(24, 0), (27, 1.5), (37, 14), (40, 36), (35, 60), (36, 76)], wall=2.8, floor=6, rings=0.06)
    lip = tube([(24, 58), (33, 67), (42, 76)], [13, 11.5, 9], bore=0.78, cut=(-0.12, 0.993, 70.2))
    grip = tube(
        [(-34, 62), (-48, 66), (-59, 56), (-58, 40), (-50, 28), (-36, 24)],
        [4.4, 3.4, 3, 3, 3.4, 4.8],
        flat=0.62,
    )
    return (Part(body), Part(lip, blend=5, pierced=True), *((Part(grip, blend=4),) if handle else ()))


def milk_jug() -> Parts:
    body = vessel([(27, 0), (30, 1.5), (41, 16), (43, 40), (33, 68), (34, 86)], wall=3.2, floor=6, rings=0.08)
    lip = tube([(22, 66), (31, 76), (41, 86)], [14, 12, 9], bore=0.78, cut=(-0.12, 0.993, 80.5))
    grip = tube(
        [(-32, 76), (-48, 81), (-63, 70), (-64, 50), (-56, 34), (-40, 28)],
        [5, 3.9, 3.5, 3.5, 3.9, 5.4],
        flat=0.6,
    )
    return (Part(body), Part(lip, blend=5, pierced=True), Part(grip, blend=4))


def pitcher() -> Parts:
    body = vessel(
        [(48, 0), (52, 2), (66, 24), (71, 70), (58, 124), (44, 160), (46, 190)], wall=4, floor=8, rings=0.16
    )
    lip = tube([(32, 162), (42, 176), (56, 190)], [18, 15.5, 11], bore=0.8, cut=(-0.12, 0.993, 182.5))
    grip = tube(
        [(-43, 168), (-66, 176), (-94, 150), (-102, 112), (-90, 78), (-67, 62)],
        [7.5, 6, 5.4, 5.2, 5.6, 8],
        flat=0.6,
    )
    return (Part(body), Part(lip, blend=7, pierced=True), Part(grip, blend=6))


# --- Vases, planters, light ---------------------------------------------------------------------------------
VASES: dict[str, tuple[list[Point], float]] = {
    "moon-jar": ([(42, 0), (46, 2), (82, 34), (101, 90), (84, 146), (48, 174), (45, 184)], 0.07),
    "bottle": (
        [(42, 0), (46, 2), (60, 24), (64, 66), (50, 108), (24, 136), (16, 168), (15, 206), (20, 220)],
        0.14,
    ),
    "bud": ([(27, 0), (30, 2), (40, 18), (42, 40), (30, 62), (13, 80), (9.5, 104), (12, 116)], 0.09),
    "cylinder": ([(46, 0), (50, 2), (53, 10), (53, 90), (52, 170), (53, 186)], 0.12),
    "shoulder": (
        [(36, 0), (40, 2), (46, 40), (66, 110), (78, 158), (66, 188), (30, 204), (22, 212), (28, 222)],
        0.12,
    ),
    "fluted": ([(40, 0), (44, 2), (58, 30), (66, 84), (58, 138), (42, 168), (46, 188)], 0.0),
    "carafe": ([(40, 0), (44, 2), (54, 18), (56, 60), (44, 106), (27, 140), (25, 172), (33, 194)], 0.12),
    "planter": ([(52, 0), (56, 2), (64, 14), (76, 72), (82, 118), (84, 128)], 0.16),
    "herb": ([(36, 0), (39, 2), (44, 10), (52, 60), (55, 84), (56, 92)], 0.10),
    "tall": ([(58, 0), (62, 2), (78, 40), (90, 116), (84, 186), (78, 206)], 0.20),
    "low": ([(72, 0), (76, 2), (78, 8), (104, 22), (116, 44), (117, 54)], 0.08),
    "lantern": ([(40, 0), (43, 2), (58, 20), (64, 50), (58, 84), (46, 100)], 0.10),
    "tealight": ([(26, 0), (29, 1.5), (40, 10), (46, 28), (43, 44)], 0.08),
    "incense": ([(40, 0), (43, 1.5), (52, 5), (62, 12), (66, 20)], 0.0),
}


@cache
def vase_form(name: str, size: float = 1.0) -> Turned:
    profile, rings = VASES[name]
    flutes = (28, 3.0 * size, 14 * size, 176 * size) if name == "fluted" else None
    return vessel(
        scaled(profile, size), wall=4.6, floor=8, rings=rings, flutes=flutes, seed=len(name), wobble=0.004
    )


def vase(name: str, size: float = 1.0) -> Parts:
    return (Part(vase_form(name, size)),)


def planter(name: str, size: float = 1.0) -> Parts:
    radius = VASES[name][0][2][0] * size
    dish = vessel(
        [(radius * 0.9, 0), (radius * 0.95, 1.5), (radius * 1.12, 5), (radius * 1.22, 17 * size)],
        wall=4.4,
        floor=5,
    )
    soil = lump(
        [(0, 0), (0.94 * VASES[name][0][-2][0] * size, 0), (0.9 * VASES[name][0][-2][0] * size, 4), (0, 8)],
        soft=2,
    )
    level = VASES[name][0][-1][1] * size * 0.86
    earth = Clay("4A3A2E", "8A7360", 0.6)
    return (Part(dish), *at(vase(name, size), y=4.4), Part(soil, (0, level, 0), coat=earth))


@cache
def candle_form(radius: float, height: float) -> tuple[Turned, Turned]:
    r, h = radius, height
    wax = lump([(0, 0), (r, 0), (r, h - 2.5), (r - 1.5, h - 0.5), (r * 0.4, h), (0, h)], soft=0.8)
    wick = lump([(0, h - 1), (0.8, h - 1), (0.7, h + 8), (0, h + 8)], soft=0.2)
    return wax, wick


def candle(radius: float, height: float, level: float) -> Parts:
    wax, wick = candle_form(radius, height)
    return (Part(wax, (0, level, 0), coat=WAX), Part(wick, (0, level, 0), coat=WICK))


def candlestick(height: float = 120) -> Parts:
    h = height
    profile = [
        (44, 0),
        (45, 2),
        (40, 6),
        (22, 12),
        (11, 26),
        (8.4, h * 0.46),
        (9.6, h * 0.68),
        (17, h * 0.80),
        (13, h * 0.88),
        (17, h - 2),
        (16, h),
    ]
    stem = lump([(0, 0), *spline(profile).tolist(), (12, h), (11.6, h - 8), (0, h - 8)], soft=0.8)
    return (Part(stem), *candle(11, 120, h - 9))


def chamber_stick() -> Parts:
    dish = vessel([(38, 0), (41, 1.5), (48, 4), (58, 10), (62, 20)], wall=4, floor=6)
    socket = vessel([(16, 0), (17, 4), (15.4, 14), (16, 30)], wall=3.6, floor=4)
    ring = tube(
        [(57, 18), (70, 26), (82, 19), (80, 7), (68, 5), (54, 10)], [4.4, 3.6, 3.4, 3.4, 3.6, 4.6], flat=0.62
    )
    return (Part(dish), Part(socket, (0, 4, 0), blend=5), Part(ring, blend=4), *candle(10.6, 96, 14))


def tea_light() -> Parts:
    return (*vase("tealight"), *candle(19, 15, 8))


def incense_holder() -> Parts:
    knob = lump([(0, 0), (9, 0), (10, 3), (7, 9), (3, 12), (0, 12)], soft=1.2)
    stick = tube([(0, 10), (0, 120)], [1.0, 1.0])
    return (
        *vase("incense"),
        Part(knob, (0, 5, 0)),
        Part(stick, (0, 5, 0), tilt=14, coat=Plain("5B4436", 0.9, 0.2)),
    )
