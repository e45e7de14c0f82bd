"""One light for the whole shop: a tall window at the left, a soft sky, and what pots and ground give back.

Light is gathered along cones, each judged by its nearest miss. That gives soft shadows without any noise.
"""

from dataclasses import dataclass, field

import numpy as np

from shop.demo.solids import Floats
from shop.demo.staging import Scene, smooth, unit

KEY = np.array([-0.652, 0.733, 0.195], np.float32)
KEY_STRENGTH, SKY_STRENGTH = 0.92, 0.345  # together they light the bare ground with 1


@dataclass
class Light:
    """What arrives at each point, colour aside: from the window, the sky, the ground and near pots."""

    key: Floats
    sky: Floats
    ground: Floats
    near: Floats
    mirror: Floats = field(default_factory=lambda: np.zeros(0, np.float32))

    @property
    def bands(self) -> Floats:
        return np.stack([self.key, self.sky, self.ground, self.near, self.mirror])


def window(scene: Scene, points: Floats) -> Floats:
    """The share of a large window's light that reaches each point: cones to twelve panes of it."""
    across = unit(np.cross(KEY, [0, 1, 0])[:, None])[:, 0]
    upwards = np.cross(across, KEY)
    total = np.zeros(points.shape[1], np.float32)
    for a in (-0.27, -0.09, 0.09, 0.27):
        for b in (-0.2, 0.0, 0.2):
            total += cone(scene, points, unit((KEY + a * across + b * upwards)[:, None])[:, 0], 0.165)
    return np.asarray(total / 12, np.float32)


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
    side = unit(
        np.cross(
            normals.T,
            np.where(np.abs(normals[1]) < 0.9, 0, 1)[:, None] * [[1.0, 0, 0]]
            + np.where(np.abs(normals[1]) < 0.9, 1, 0)[:, None] * [[0, 1.0, 0]],
        ).T
    )
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
    high = smooth(-1, 1, (0.93 - ways[1]) * 3 / soft) * smooth(-0.62, -0.05, ways[1])
    return np.asarray(7.0 * share * high * np.minimum(1, 0.16 / (0.05 + soft)), np.float32)
