"""Draws pots: a small ray marcher for turned forms under one window of soft light.

The same light, lens and ground serve every picture of the shop. Light and shadow depend on the forms alone, so
they are worked out once, on a coarse grid, and every glaze of a form shares them. Nothing is random: light is
gathered along cones, which give smooth shadows without noise, and smooth pictures pack small.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from PIL import Image

from shop.demo.glazes import Coat, Skin, clouds
from shop.demo.solids import Floats, Solid, Swept, rounded_min

GROUND = np.array([0.712, 0.675, 0.612], np.float32)  # linear light: a warm, quiet paper
KEY = np.array([-0.652, 0.733, 0.195], np.float32)
KEY_STRENGTH, SKY_STRENGTH = 0.92, 0.345  # together they light the bare ground with 1
CHUNK = 60_000


@dataclass(frozen=True)
class Part:
    """A solid put somewhere. `coat` is None for the glaze the picture is about; `blend` lutes it to the part before."""

    solid: Solid
    at: tuple[float, float, float] = (0, 0, 0)
    turn: float = 0.0  # degrees about the upright axis
    tilt: float = 0.0  # degrees, leaning towards the right after the turn
    coat: Coat | None = None
    blend: float = 0.0
    pierced: bool = False  # a lip: its bore opens the wall it is joined to

    @cached_property
    def rotation(self) -> Floats:
        a, b = np.radians(self.turn), np.radians(self.tilt)
        turn = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
        tilt = np.array([[np.cos(b), np.sin(b), 0], [-np.sin(b), np.cos(b), 0], [0, 0, 1]])
        return np.asarray(turn @ tilt, np.float32)

    def local(self, points: Floats) -> Floats:
        moved = points - np.array(self.at, np.float32)[:, None]
        return self.rotation @ moved if self.turn or self.tilt else moved

    @property
    def corners(self) -> Floats:
        """Points round its bounding cylinder, to frame the picture by."""
        radius, low, high = self.solid.reach
        a = np.linspace(0, 2 * np.pi, 12, endpoint=False)
        ring = np.stack([radius * np.cos(a), np.zeros(12), radius * np.sin(a)])
        both = np.concatenate([ring + [[0], [low], [0]], ring + [[0], [high], [0]]], axis=1)
        return np.asarray(self.rotation.T @ both + np.array(self.at)[:, None], np.float32)


@dataclass(frozen=True)
class Scene:
    parts: Sequence[Part]
    pitch: float = 17.0  # degrees the camera looks down
    fill: float = 0.62  # how much of the frame the pots take
    shift: tuple[float, float] = (0.0, 0.0)  # of the frame, right and up
    framed: int | None = None  # frame only the first parts

    @cached_property
    def top(self) -> float:
        return max(float(part.corners[1].max()) for part in self.parts)

    def distance(self, points: Floats) -> Floats:
        away: Floats | None = None
        for part in self.parts:
            one = part.solid.distance(part.local(points))
            if away is None:
                away = one
            else:
                away = rounded_min(away, one, part.blend) if part.blend else np.minimum(away, one)
            if part.pierced and isinstance(part.solid, Swept):
                away = np.maximum(away, part.solid.bore_out(part.local(points)))
        assert away is not None
        return away

    def owner(self, points: Floats) -> np.ndarray:
        return np.argmin([part.solid.distance(part.local(points)) for part in self.parts], axis=0)

    def normal(self, points: Floats, step: float) -> Floats:
        corners = np.array([[1, -1, -1], [-1, -1, 1], [-1, 1, -1], [1, 1, 1]], np.float32)
        n = sum(c[:, None] * self.distance(points + step * c[:, None]) for c in corners)
        return unit(np.asarray(n, np.float32))


def unit(v: Floats) -> Floats:
    return np.asarray(v / np.maximum(np.sqrt((v * v).sum(0)), 1e-9), np.float32)


def smooth(low: float, high: float, x: Floats) -> Floats:
    t = np.clip((x - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


class Camera:
    """A long lens, as for catalogues: little perspective, the pots framed by their own size."""

    LENS = np.tan(np.radians(8.0))

    def __init__(self, scene: Scene, width: int, height: int) -> None:
        self.width, self.height = width, height
        pitch = np.radians(scene.pitch)
        self.back = np.array([0, np.sin(pitch), np.cos(pitch)], np.float32)
        self.up = np.array([0, np.cos(pitch), -np.sin(pitch)], np.float32)
        self.right = np.array([1, 0, 0], np.float32)
        corners = np.concatenate([part.corners for part in scene.parts[: scene.framed]], axis=1)
        self.far = 10 * float(np.ptp(corners, axis=1).max())
        self.eye = corners.mean(1) + self.back * self.far
        for _ in range(4):
            self._frame(corners, scene)
        self.pixel = 2 * self.LENS / height  # angle of a pixel

    def _frame(self, corners: Floats, scene: Scene) -> None:
        x, y, depth = self._seen(corners)
        wide = self.width / self.height
        span = max(float(np.ptp(x)) / wide, float(np.ptp(y))) / (2 * self.LENS)
        middle = float(depth.mean())
        centre = np.array([(x.max() + x.min()) / 2, (y.max() + y.min()) / 2]) * middle
        shift = 2 * self.LENS * np.array(scene.shift) * middle * [wide, 1]
        sideways = self.right * (centre[0] - shift[0]) + self.up * (centre[1] - shift[1])
        self.eye = self.eye + sideways + self.back * middle * (span / scene.fill - 1)
        self.far = float(np.linalg.norm(self.eye))

    def _seen(self, points: Floats) -> tuple[Floats, Floats, Floats]:
        rel = points - self.eye[:, None]
        depth = -(self.back @ rel)
        return self.right @ rel / depth, self.up @ rel / depth, depth

    def rays(self, columns: Floats, rows: Floats) -> Floats:
        """Directions through points of the picture, given in pixels from its upper left corner."""
        x = (2 * columns / self.width - 1) * self.LENS * self.width / self.height
        y = (1 - 2 * rows / self.height) * self.LENS
        return unit(self.right[:, None] * x + self.up[:, None] * y - self.back[:, None])


@dataclass
class Light:
    """What arrives at each point, apart from colour: window, sky, from the ground, from the pots themselves."""

    key: Floats
    sky: Floats
    ground: Floats
    near: Floats
    mirror: Floats = field(default_factory=lambda: np.zeros(0, np.float32))

    @property
    def bands(self) -> Floats:
        return np.stack([self.key, self.sky, self.ground, self.near, self.mirror])


def march(scene: Scene, eye: Floats, rays: Floats, start: Floats, far: float, cone: float = 0.0) -> Floats:
    """How far each ray goes until it touches the scene, infinity if it passes. A cone touches early."""
    travelled, out = start.copy(), np.full(start.shape, np.inf, np.float32)
    alive = np.arange(start.size)
    for _ in range(90):
        points = eye[:, None] + rays[:, alive] * travelled[alive]
        away = scene.distance(points)
        touch = away < np.maximum(0.012, cone * travelled[alive])
        out[alive[touch]] = travelled[alive[touch]]
        travelled[alive] += np.maximum(away * 0.95, 0.008)
        alive = alive[~touch & (travelled[alive] < far) & (points[1] > -3)]
        if not alive.size:
            break
    return out


def window(scene: Scene, points: Floats) -> Floats:
    """The share of a large window's light that reaches each point: cones to twelve panes of it."""
    across = unit(np.cross(KEY, [0, 1, 0])[:, None])[:, 0]
    upwards = np.cross(across, KEY)
    total = np.zeros(points.shape[1], np.float32)
    for a in (-0.27, -0.09, 0.09, 0.27):
        for b in (-0.2, 0.0, 0.2):
            total += cone(scene, points, unit((KEY + a * across + b * upwards)[:, None])[:, 0], 0.165)
    return total / 12


def cone(scene: Scene, points: Floats, way: Floats, width: float, far: float = 420.0) -> Floats:
    """How much of a cone of light is free, from the nearest miss along its axis."""
    ways = np.broadcast_to(way[:, None] if way.ndim == 1 else way, points.shape)
    travelled, free = np.full(points.shape[1], 0.9, np.float32), np.ones(points.shape[1], np.float32)
    alive, top = np.arange(points.shape[1]), scene.top + 60
    for _ in range(34):
        t = travelled[alive]
        away = scene.distance(points[:, alive] + ways[:, alive] * t)
        free[alive] = np.minimum(free[alive], away / (width * t))
        travelled[alive] = t + np.maximum(away * 0.9, width * t * 0.75 + 0.2)
        passed = (points[1, alive] + ways[1, alive] * t > top) & (ways[1, alive] > 0)
        alive = alive[(free[alive] > -0.98) & (travelled[alive] < far) & ~passed]
        if not alive.size:
            break
    free = np.clip(free, -1, 1)
    return np.asarray(0.25 * (1 + free) ** 2 * (2 - free), np.float32)


def gather(scene: Scene, points: Floats, normals: Floats) -> Light:
    """The light of the window and, along 21 cones round the normal, of everything else."""
    start = points + normals * 0.35
    facing = KEY @ normals
    key = np.zeros(points.shape[1], np.float32)
    lit = np.flatnonzero(facing > -0.25)
    key[lit] = window(scene, start[:, lit])
    side = unit(np.cross(normals.T, np.where(np.abs(normals[1]) < 0.9, 0, 1)[:, None] * [[1.0, 0, 0]]
                         + np.where(np.abs(normals[1]) < 0.9, 1, 0)[:, None] * [[0, 1.0, 0]]).T)  # fmt: skip
    other = np.cross(normals.T, side.T).T
    light = Light(key, *(np.zeros(points.shape[1], np.float32) for _ in range(3)))
    cones = [
        (0.0, 0.0),
        *((0.55, 6.283 * i / 7) for i in range(7)),
        *((0.86, 6.283 * i / 13) for i in range(13)),
    ]
    for sine, angle in cones:
        way = unit(normals * np.sqrt(1 - sine**2) + sine * (np.cos(angle) * side + np.sin(angle) * other))
        free = ambient(scene, start, way)
        down = smooth(0.12, -0.12, way[1])
        light.sky += free * (1 - down) * (0.75 + 0.45 * way[1] - 0.16 * way[0]) / len(cones)
        light.ground += free * down / len(cones)
        light.near += (1 - free) / len(cones)
    return light


def ambient(scene: Scene, points: Floats, ways: Floats) -> Floats:
    free, t = np.ones(points.shape[1], np.float32), 1.2
    for _ in range(8):
        away = scene.distance(points + ways * np.float32(t))
        free = np.minimum(free, away / np.float32(0.34 * t))
        t *= 1.85
    free = np.clip(free, -1, 1)
    return np.asarray(0.25 * (1 + free) ** 2 * (2 - free), np.float32)


def surroundings(ways: Floats, rough: Floats) -> Floats:
    """What a glaze mirrors: a dim strip at the right and a grey room, lighter above and behind."""
    strip = smooth(0.70, 0.99, (np.array([0.90, 0.20, -0.38], np.float32) @ ways))
    room = 0.26 + 0.34 * smooth(-0.1, 1.0, ways[1]) + 0.25 * smooth(0.3, -0.9, ways[2])
    return np.asarray(0.5 * strip + room, np.float32)


def pane(ways: Floats, rough: Floats) -> Floats:
    """The tall window at the left in a glaze. It reaches low, so that upright walls mirror it too."""
    soft = 0.07 + 0.75 * rough
    aside = np.abs(np.arctan2(ways[0], ways[2]) + 1.12) * np.sqrt(np.clip(1 - ways[1] ** 2, 0, 1))
    share = smooth(0.19, -0.19, (aside - 0.17) / soft * 0.19)
    high = smooth(0.93 + soft / 3, 0.93 - soft / 3, ways[1]) * smooth(-0.62, -0.05, ways[1])
    return np.asarray(7.0 * share * high * np.minimum(1, 0.16 / (0.05 + soft)), np.float32)


@dataclass
class Shot:
    """A scene looked at: where each fine ray meets it and the light there. Glazes come last, in `develop`."""

    scene: Scene
    width: int
    height: int
    fine: int = 2  # rays a pixel, each way
    coarse: int = 4  # pixels a light sample, each way

    @cached_property
    def camera(self) -> Camera:
        return Camera(self.scene, self.width, self.height)

    def _grid(self, step: float) -> tuple[Floats, Floats]:
        columns, rows = np.meshgrid(
            np.arange(step / 2, self.width, step, np.float32),
            np.arange(step / 2, self.height, step, np.float32),
        )
        return columns.ravel(), rows.ravel()

    @cached_property
    def hits(self) -> tuple[np.ndarray, Floats]:
        """The fine rays that meet a pot, and how far they go. A wide cone for each tile finds where to look."""
        tile, camera = 8, self.camera
        rays = camera.rays(*self._grid(tile))
        width = tile * camera.pixel * 0.75
        start = np.full(rays.shape[1], camera.far * 0.2, np.float32)
        near = np.concatenate([
            march(self.scene, camera.eye, rays[:, part], start[part], camera.far * 2.5, width)
            for part in _chunks(rays.shape[1])
        ])  # fmt: skip
        across = self.width * self.fine
        shape = (-(-self.height // tile), -(-self.width // tile))
        per = tile * self.fine
        starts = near.reshape(shape).repeat(per, 0).repeat(per, 1)[: self.height * self.fine, :across].ravel()
        index = np.flatnonzero(np.isfinite(starts))
        reached = np.concatenate([
            march(self.scene, camera.eye, self._fine_rays(index[part]), starts[index[part]], camera.far * 2.5)
            for part in _chunks(index.size)
        ])  # fmt: skip
        found = np.isfinite(reached)
        index, reached = index[found], reached[found]
        above = camera.eye[1] + self._fine_rays(index)[1] * reached > 0.2
        return index[above], reached[above]

    def _fine_rays(self, index: np.ndarray) -> Floats:
        across = self.width * self.fine
        return self.camera.rays(
            ((index % across + 0.5) / self.fine).astype(np.float32),
            ((index // across + 0.5) / self.fine).astype(np.float32),
        )

    @cached_property
    def surface(self) -> tuple[Floats, Floats, np.ndarray]:
        index, reached = self.hits
        points = self.camera.eye[:, None] + self._fine_rays(index) * reached
        normals, owner = np.empty_like(points), np.empty(index.size, int)
        for part in _chunks(index.size):
            normals[:, part] = self.scene.normal(points[:, part], 0.35)
            owner[part] = self.scene.owner(points[:, part])
        return points.astype(np.float32), normals, owner

    @cached_property
    def ground_light(self) -> tuple[Floats, Floats]:
        """Light on the bare ground behind and under the pots, one sample for some pixels."""
        rays = self.camera.rays(*self._grid(self.coarse))
        points = self.camera.eye[:, None] - rays * (self.camera.eye[1] / rays[1])
        normals = np.zeros_like(points)
        normals[1] = 1
        lights = [gather(self.scene, points[:, p], normals[:, p]) for p in _chunks(points.shape[1])]
        full = np.concatenate([KEY_STRENGTH * KEY[1] * x.key + SKY_STRENGTH * x.sky for x in lights])
        near = np.concatenate([x.near for x in lights])
        shape = (-(-self.height // self.coarse), -(-self.width // self.coarse))
        return full.reshape(shape), near.reshape(shape)

    @cached_property
    def pot_light(self) -> Floats:
        """Light on the pots, gathered for one fine ray of many and spread over its like-minded neighbours."""
        index, _ = self.hits
        points, normals, owner = self.surface
        across, step = self.width * self.fine, self.coarse * self.fine
        column, row = index % across, index // across
        picked = np.flatnonzero((column % step == step // 2) & (row % step == step // 2))
        samples = np.concatenate([self._sample(points[:, picked[p]], normals[:, picked[p]])
                                  for p in _chunks(picked.size)], axis=1)  # fmt: skip
        wide, high = across // step + 2, self.height * self.fine // step + 2
        place = np.full((high, wide), -1)
        place[row[picked] // step, column[picked] // step] = np.arange(picked.size)
        total, weights = np.zeros((5, index.size), np.float32), np.full(index.size, 1e-9, np.float32)
        x, y = (column - step // 2) / step, (row - step // 2) / step
        for dx in (-1, 0, 1, 2):
            for dy in (-1, 0, 1, 2):
                i, j = np.floor(x).astype(int) + dx, np.floor(y).astype(int) + dy
                sample = place[np.clip(j, 0, high - 1), np.clip(i, 0, wide - 1)]
                near = np.maximum(0, 1 - np.abs(x - i) / 2) * np.maximum(0, 1 - np.abs(y - j) / 2)
                source = picked[sample]
                alike = np.maximum((normals * normals[:, source]).sum(0), 0) ** 12 + 1e-4
                lift = ((points - points[:, source]) * normals).sum(0) / (
                    self.camera.pixel * self.camera.far * step
                )
                weight = (
                    near * alike * (sample >= 0) * (1e-3 + (owner == owner[source])) / (0.3 + lift * lift)
                )
                total += samples[:, sample] * weight
                weights += weight
        return np.asarray(total / weights, np.float32)

    def _sample(self, points: Floats, normals: Floats) -> Floats:
        light = gather(self.scene, points, normals)
        view = unit(points - self.camera.eye[:, None])
        mirrored = unit(view - 2 * (view * normals).sum(0) * normals)
        light.mirror = cone(self.scene, points + normals * 0.5, mirrored, 0.12, 160.0)
        return light.bands

    def develop(self, glaze: Coat) -> Image.Image:
        """The picture with this glaze on every part that has none of its own."""
        pots, cover = self._pots(glaze)
        light, near = (self._spread(band) for band in self.ground_light)
        tint = self._mean_colour(glaze)
        ground = light[..., None] * GROUND + 0.30 * near[..., None] * tint * GROUND
        ground *= (self._fall_off() * self._paper())[..., None]
        return _print(ground * (1 - cover[..., None]) + pots)

    def _mean_colour(self, glaze: Coat) -> Floats:
        colours = [(part.coat or glaze).mean for part in self.scene.parts]
        return np.asarray(np.mean(colours, axis=0), np.float32)

    def _fall_off(self) -> Floats:
        """The ground is lightest at the left and dims gently towards the back, as it does beside a window."""
        x, y = np.linspace(0, 1, self.width), np.linspace(0, 1, self.height)
        fall = (1.05 - 0.09 * x)[None] * (0.90 + 0.14 * smooth(0, 0.9, y))[:, None]
        return np.asarray(fall, np.float32)

    def _paper(self) -> Floats:
        """The ground is not perfectly even; that also keeps its gradient from breaking into bands."""
        columns, rows = self._grid(1)
        points = np.stack([columns, rows, np.zeros_like(rows)])
        return np.asarray(
            1 + 0.018 * (clouds(points, 9.0) - 0.5) + 0.012 * (clouds(points, 170.0, 5) - 0.5)
        ).reshape(self.height, self.width)

    def _spread(self, band: Floats) -> Floats:
        rows, columns = band.shape
        size = (columns * self.coarse, rows * self.coarse)
        wide = Image.fromarray(band, "F").resize(size, Image.Resampling.BICUBIC)
        return np.asarray(wide, np.float32)[: self.height, : self.width]

    def _pots(self, glaze: Coat) -> tuple[Floats, Floats]:
        """Colour and cover of the pots, the fine rays of each pixel averaged."""
        index, _ = self.hits
        picture = np.zeros((self.height * self.fine * self.width * self.fine, 4), np.float32)
        for part in _chunks(index.size):
            picture[index[part], :3] = np.minimum(self._colour(part, glaze), 1.6).T
        picture[index, 3] = 1
        layers = [
            Image.fromarray(picture[:, i].reshape(self.height * self.fine, -1), "F").resize(
                (self.width, self.height), Image.Resampling.HAMMING
            )
            for i in range(4)
        ]
        red, green, blue, cover = (np.asarray(layer, np.float32) for layer in layers)
        return np.stack([red, green, blue], axis=-1), cover

    def _colour(self, part: slice, glaze: Coat) -> Floats:
        points, normals, owner = (band[..., part] for band in self.surface)
        light = self.pot_light[:, part]
        view = unit(points - self.camera.eye[:, None])
        skin = self._skin(points, normals, owner, glaze)
        normals = skin.normals
        key, sky, below, near, free = light
        key = key * np.clip((KEY @ normals + 0.06) / 1.06, 0, 1)
        local = 0.30 + 0.55 * (KEY_STRENGTH * key + SKY_STRENGTH * sky)
        warm = np.array([1.03, 1.0, 0.955], np.float32)[:, None]
        arriving = KEY_STRENGTH * key * warm + SKY_STRENGTH * 1.12 * sky * np.array(
            [[0.985], [1.0], [1.03]], np.float32
        )
        arriving = arriving + 0.62 * below * GROUND[:, None] + near * local * skin.colour * 0.9
        facing = np.clip(-(view * normals).sum(0), 0, 1)
        mirrored = unit(view + 2 * facing * normals)
        fresnel = skin.shine * (0.042 + 0.75 * (1 - skin.rough) ** 2 * (1 - np.maximum(facing, 0.10)) ** 5)
        down = smooth(0.10, -0.25, mirrored[1])
        glow = surroundings(mirrored, skin.rough) * (1 - down)
        seen = (glow + down * 0.5 + pane(mirrored, skin.rough)) * free + (1 - free) * (0.25 * local)
        return np.asarray(skin.colour * arriving * (1 - fresnel) + fresnel * seen, np.float32)

    def _skin(self, points: Floats, normals: Floats, owner: np.ndarray, glaze: Coat) -> Skin:
        skin = Skin.blank(points.shape[1])
        for number in np.unique(owner):
            here, part = owner == number, self.scene.parts[number]
            local = part.local(points[:, here])
            turned = part.rotation @ normals[:, here]
            one = (part.coat or glaze).paint(part.solid, local, turned)
            one.normals = part.rotation.T @ one.normals
            skin.put(here, one)
        return skin


def _chunks(size: int) -> Iterator[slice]:
    return (slice(i, min(i + CHUNK, size)) for i in range(0, max(size, 1), CHUNK))


def _print(linear: Floats) -> Image.Image:
    """Linear light to sRGB, highlights rolled off instead of clipped."""
    knee = 0.82
    over = np.maximum(linear - knee, 0)
    rolled = np.minimum(linear, knee) + (1 - knee) * (1 - np.exp(-over / (1 - knee)))
    srgb = np.where(
        rolled <= 0.0031308, 12.92 * rolled, 1.055 * np.maximum(rolled, 1e-6) ** (1 / 2.4) - 0.055
    )
    return Image.fromarray(np.uint8(np.clip(srgb, 0, 1) * 255 + 0.5))
