"""What stands on the ground, and where the camera is."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from shop.demo.glazes import Coat
from shop.demo.solids import Floats, Solid, Swept, rounded_min


@dataclass(frozen=True)
class Part:
    """A solid put somewhere. Without `coat` it takes the picture's glaze; `blend` lutes it to the last."""

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
        both = np.concatenate([ring + np.array([[0], [y], [0]]) for y in (low, high)], axis=1)
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

    def owner(self, points: Floats) -> npt.NDArray[np.intp]:
        """The part each point belongs to, by its number."""
        return np.asarray(np.argmin([part.solid.distance(part.local(points)) for part in self.parts], axis=0))

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


def march(scene: Scene, eye: Floats, rays: Floats, start: Floats, far: float, cone: float = 0.0) -> Floats:
    """How far each ray goes until it touches the scene, infinity if it passes. A cone touches early."""
    travelled, out = start.copy(), np.full(start.shape, np.inf, np.float32)
    alive = np.arange(start.size)
    for _ in range(90):
        points = eye[:, None] + rays[:, alive] * travelled[alive]
        away = scene.distance(points)
        width = cone * travelled[alive]
        touch = away < np.maximum(0.012, 1.5 * width)
        out[alive[touch]] = travelled[alive[touch]]
        travelled[alive] += np.maximum((away - width) * 0.95, 0.008)  # no ray within the cone may be inside
        alive = alive[~touch & (travelled[alive] < far) & (points[1] > -3)]
        if not alive.size:
            break
    return out
