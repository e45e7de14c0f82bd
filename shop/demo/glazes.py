"""What lies on the clay: glazes, and the other skins in the shop (bare stoneware, paper, tin, wood, tea)."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from shop.demo.solids import Floats, Heaped, Solid, Turned

_BOX = 64
_GRAIN = np.random.default_rng(7).random(_BOX**3).astype(np.float32)


@dataclass
class Skin:
    """The surface as light sees it."""

    colour: Floats
    rough: Floats
    shine: Floats
    normals: Floats

    @classmethod
    def blank(cls, size: int) -> "Skin":
        return cls(*(np.zeros(shape, np.float32) for shape in ((3, size), size, size, (3, size))))

    def put(self, where: np.ndarray, skin: "Skin") -> None:
        self.colour[:, where], self.normals[:, where] = skin.colour, skin.normals
        self.rough[where], self.shine[where] = skin.rough, skin.shine


class Coat(Protocol):
    @property
    def mean(self) -> Floats: ...

    def paint(self, solid: Solid, points: Floats, normals: Floats) -> Skin: ...


def rgb(code: str) -> Floats:
    """A colour written as on the web, in linear light."""
    values = np.array([int(code[i : i + 2], 16) / 255 for i in (0, 2, 4)])
    return np.asarray(
        np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4), np.float32
    )


def noise(points: Floats, size: float, seed: float = 0.0) -> Floats:
    """Smooth noise between 0 and 1 with grains of about `size` millimetres."""
    q = points / np.float32(size) + np.float32(seed * 17.31 + 400)
    cell = np.floor(q)
    f = q - cell
    f = f * f * (3 - 2 * f)
    i, j, k = cell.astype(np.int32) % _BOX
    i1, j1, k1 = (i + 1) % _BOX, (j + 1) % _BOX, (k + 1) % _BOX

    def row(a: np.ndarray, b: np.ndarray) -> Floats:
        base = (a * _BOX + b) * _BOX
        return np.asarray(_GRAIN.take(base + k) * (1 - f[2]) + _GRAIN.take(base + k1) * f[2], np.float32)

    near = row(i, j) * (1 - f[1]) + row(i, j1) * f[1]
    far = row(i1, j) * (1 - f[1]) + row(i1, j1) * f[1]
    return np.asarray(near * (1 - f[0]) + far * f[0], np.float32)


def clouds(points: Floats, size: float, seed: float = 0.0) -> Floats:
    return np.asarray(
        0.55 * noise(points, size, seed)
        + 0.3 * noise(points, size / 2.3, seed + 1)
        + 0.15 * noise(points, size / 5.1, seed + 2),
        np.float32,
    )


def step(low: float, high: float, x: Floats) -> Floats:
    t = np.clip((x - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def mix(a: Floats, b: Floats, share: Floats) -> Floats:
    a, b = (c[:, None] if c.ndim == 1 else c for c in (a, b))
    return np.asarray(a + (b - a) * share, np.float32)


@dataclass(frozen=True)
class Clay:
    """Unglazed stoneware: dry, with a little iron in it."""

    base: str = "9C7B5F"
    fleck: str = "5E4535"
    flecks: float = 0.35

    @property
    def mean(self) -> Floats:
        return rgb(self.base)

    def paint(self, solid: Solid, points: Floats, normals: Floats) -> Skin:
        tone = 0.9 + 0.2 * clouds(points, 9.0, 3)
        spots = self.flecks * step(0.80, 0.92, noise(points, 0.9, 5))
        colour = mix(rgb(self.base)[:, None] * tone, rgb(self.fleck), spots)
        size = points.shape[1]
        return Skin(colour, np.full(size, 0.75, np.float32), np.full(size, 0.35, np.float32), normals)


@dataclass(frozen=True)
class Glaze:
    """A glaze as it comes from the kiln: thinner over edges, deeper in hollows, ending above the foot."""

    base: str
    thin: str  # where it breaks over an edge
    deep: str  # where it pools
    gloss: float = 0.9
    cloud: float = 0.25  # how far the colour wanders
    speckle: float = 0.0
    speck: str = "4A3728"
    runs: float = 0.0  # streaks that the kiln drew downwards
    crackle: float = 0.0
    breaks: float = 1.0
    foot: float | None = 7.0  # bare height above the lowest point; None glazes all of it
    clay: Clay = Clay()
    seed: float = 0.0

    @property
    def mean(self) -> Floats:
        return rgb(self.base)

    def paint(self, solid: Solid, points: Floats, normals: Floats) -> Skin:
        thickness = self._thickness(solid, points, normals)
        colour = mix(rgb(self.base), rgb(self.thin), step(0.42, 0.02, thickness))
        colour = mix(colour, rgb(self.deep), step(0.58, 1.0, thickness))
        if self.speckle:
            spots = step(0.83, 0.90, noise(points, 1.15, self.seed + 8)) * step(
                0.35, 0.6, noise(points, 7.0, 9)
            )
            fine = 0.5 * step(0.84, 0.90, noise(points, 0.62, self.seed + 12))
            colour = mix(colour, rgb(self.speck), self.speckle * np.maximum(spots, fine))
        if self.crackle:
            colour = colour * (1 - self.crackle * self._cracks(points))
        skin = self._fired(colour, points, normals)
        return self._bare_foot(skin, solid, points, normals)

    def _thickness(self, solid: Solid, points: Floats, normals: Floats) -> Floats:
        bend = solid.bend(points)
        wander = self.cloud * (clouds(points, 26.0, self.seed) - 0.5) * 1.6
        edge = step(0.03, 0.42, bend) * (0.45 + 1.1 * noise(points, 5.0, self.seed + 17))
        thickness = 0.5 + wander - self.breaks * (0.8 * edge - 0.45 * step(-0.03, -0.2, bend))
        if self.runs:
            steep = 1 - np.abs(normals[1])
            thickness = thickness + self.runs * (self._streaks(points) - 0.5) * step(0.1, 0.6, steep)
        flat = step(0.80, 0.99, normals[1]) * step(0.02, -0.01, bend)
        return np.asarray(thickness + 0.22 * flat * self.breaks, np.float32)

    def _streaks(self, points: Floats) -> Floats:
        radius = np.sqrt(points[0] ** 2 + points[2] ** 2) + 1e-3
        round_about = np.stack([points[0] / radius * 40, points[1] * 0.11, points[2] / radius * 40])
        return np.asarray(
            0.6 * noise(round_about, 4.2, self.seed + 3) + 0.4 * noise(round_about, 1.7, 4), np.float32
        )

    def _cracks(self, points: Floats) -> Floats:
        bent = points + 2.5 * (noise(points, 6.0, 2)[None] - 0.5)
        one = np.abs(noise(bent, 8.5, self.seed + 21) - 0.5)
        two = np.abs(noise(bent, 6.0, self.seed + 25) - 0.5)
        return np.asarray(np.maximum(step(0.012, 0.003, one), 0.7 * step(0.014, 0.004, two)), np.float32)

    def _fired(self, colour: Floats, points: Floats, normals: Floats) -> Skin:
        size = points.shape[1]
        ripple = np.stack([noise(points, 5.5, i) - 0.5 for i in (31, 32, 33)])
        bumped = normals + np.float32(0.022) * ripple
        bumped = bumped / np.sqrt((bumped * bumped).sum(0))
        rough = 1 - self.gloss + 0.05 * (noise(points, 12.0, 6) - 0.5)
        shine = np.full(size, 0.35 + 0.65 * min(1.0, self.gloss * 1.1), np.float32)
        return Skin(colour, np.clip(rough, 0.02, 1).astype(np.float32), shine, bumped.astype(np.float32))

    def _bare_foot(self, skin: Skin, solid: Solid, points: Floats, normals: Floats) -> Skin:
        if self.foot is None or not isinstance(solid, Turned) or solid.reach[1] > 1:  # lids, knobs, handles
            return skin
        line = solid.reach[1] + self.foot + 1.6 * (clouds(points, 17.0, self.seed + 14) - 0.5)
        outside = (normals[0] * points[0] + normals[2] * points[2] > -2.0) & (normals[1] < 0.6)
        bare = step(0.25, -0.25, points[1] - line) * outside
        roll = step(0.0, 0.8, points[1] - line) * step(2.6, 0.8, points[1] - line) * outside
        clay = self.clay.paint(solid, points, normals)
        tinted = mix(skin.colour, mix(rgb(self.deep), rgb(self.base), np.full(bare.shape, 0.4)), 0.5 * roll)
        return Skin(
            mix(tinted, clay.colour, bare),
            skin.rough + (clay.rough - skin.rough) * bare,
            skin.shine + (clay.shine - skin.shine) * bare,
            mix(skin.normals, clay.normals, bare),
        )


@dataclass(frozen=True)
class Plain:
    """One even colour: wax, wood, tin, tea in the cup. A band is paper from one height to another."""

    base: str
    rough: float = 0.5
    shine: float = 0.6
    grain: float = 0.0
    stretch: float = 1.0
    bands: tuple[tuple[float, float, str], ...] = ()

    @property
    def mean(self) -> Floats:
        return rgb(self.base)

    def paint(self, solid: Solid, points: Floats, normals: Floats) -> Skin:
        size = points.shape[1]
        drawn = points * np.array([[1.0], [1 / self.stretch], [1.0]], np.float32)
        tone = 1 + self.grain * (clouds(drawn, 3.0, 41) - 0.5)
        colour = rgb(self.base)[:, None] * tone
        rough, shine = np.full(size, self.rough, np.float32), np.full(size, self.shine, np.float32)
        for low, high, code in self.bands:
            share = step(low - 0.12, low + 0.12, points[1]) * step(high + 0.12, high - 0.12, points[1])
            colour = mix(colour, rgb(code), share)
            rough, shine = rough + (0.85 - rough) * share, shine + (0.25 - shine) * share
        return Skin(colour.astype(np.float32), rough, shine, normals)


@dataclass(frozen=True)
class Leaves:
    """Dry tea; its colours lie in the heap itself."""

    base: str = "4A4A2C"

    @property
    def mean(self) -> Floats:
        return rgb(self.base)

    def paint(self, solid: Solid, points: Floats, normals: Floats) -> Skin:
        assert isinstance(solid, Heaped)
        size = points.shape[1]
        return Skin(
            solid.colour(points), np.full(size, 0.55, np.float32), np.full(size, 0.5, np.float32), normals
        )


STONE = Clay("A9876A", "5E4535", 0.4)
DARK_STONE = Clay("6F5446", "3A2A22", 0.2)
PALE_STONE = Clay("C9B497", "7A5C43", 0.35)
PORCELAIN = Glaze("EFEDE6", "F6F3EC", "E3E6E2", gloss=0.93, cloud=0.05, breaks=0.4, foot=None)

GLAZES: dict[str, Glaze] = {
    "celadon": Glaze(
        "A9B5A5", "C9CDBC", "879C90", gloss=0.93, cloud=0.16, clay=PALE_STONE, crackle=0.10, seed=1
    ),
    "tenmoku": Glaze(
        "21150F", "6B381C", "120C0A", gloss=0.95, cloud=0.22, runs=0.30, clay=DARK_STONE, seed=2
    ),
    "oatmeal": Glaze("CBBDA5", "A08360", "D8CCB8", gloss=0.55, cloud=0.20, speckle=0.75, clay=STONE, seed=3),
    "chalk": Glaze(
        "E6E1D6", "D2C0A4", "EEEBE4", gloss=0.50, cloud=0.12, speckle=0.16, clay=PALE_STONE, seed=4
    ),
    "indigo": Glaze("303F57", "707B86", "1D293C", gloss=0.88, cloud=0.32, runs=0.22, clay=STONE, seed=5),
    "iron-red": Glaze(
        "76352A", "3A1F19", "8E4634", gloss=0.80, cloud=0.36, runs=0.15, clay=DARK_STONE, seed=6
    ),
    "ash": Glaze(
        "9C9A80", "BFAE88", "767D60", gloss=0.86, cloud=0.30, runs=0.55, speckle=0.25, clay=STONE, seed=7
    ),
    "moon": Glaze(
        "E0E2DE", "EAE6DC", "C9D4D6", gloss=0.92, cloud=0.15, crackle=0.05, clay=PALE_STONE, seed=8
    ),
    "sea": Glaze("6B9094", "B3BDAE", "46727A", gloss=0.92, cloud=0.30, runs=0.25, clay=PALE_STONE, seed=9),
    "charcoal": Glaze("3A3937", "5D5650", "2E2D2C", gloss=0.32, cloud=0.12, clay=DARK_STONE, seed=10),
    "honey": Glaze("9E6E3C", "C49C66", "6E4622", gloss=0.94, cloud=0.22, runs=0.35, clay=STONE, seed=11),
    "shino": Glaze("E0CFBD", "B3714F", "ECE3D7", gloss=0.62, cloud=0.38, speckle=0.2, clay=STONE, seed=12),
}
