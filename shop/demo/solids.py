"""Solids as distance functions read from small tables.

Everything on a potter's shelf is either turned (a profile spun round an axis), swept (a tube drawn along a
flat curve: a handle, a spout) or heaped (tea). Each needs one table of two dimensions, so one look-up answers
how far a point in space is from the surface. Lengths are millimetres, `y` points up.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Point = tuple[float, float]
MARGIN = 12.0
CELLS = 620


class Solid(Protocol):
    """What the renderer asks of a solid; `points` is an array of three rows x, y, z."""

    @property
    def reach(self) -> tuple[float, float, float]:
        """Radius round the axis, lowest and highest point."""

    def distance(self, points: Floats) -> Floats: ...

    def bend(self, points: Floats) -> Floats:
        """How sharply the surface bends outwards there: glaze runs thin on edges and pools in hollows."""


@dataclass(frozen=True)
class Table:
    """Values on a grid, read with linear interpolation."""

    values: Floats
    low: Point
    cell: float

    def read(self, u: Floats, v: Floats) -> Floats:
        rows, columns = self.values.shape
        x = np.clip((u - np.float32(self.low[0])) / np.float32(self.cell), 0, columns - 1.001)
        y = np.clip((v - np.float32(self.low[1])) / np.float32(self.cell), 0, rows - 1.001)
        i, j = x.astype(np.int32), y.astype(np.int32)
        x -= i
        y -= j
        flat, k = self.values.ravel(), j * columns + i
        top = flat.take(k) * (1 - x) + flat.take(k + 1) * x
        k += columns
        bottom = flat.take(k) * (1 - x) + flat.take(k + 1) * x
        return np.asarray(top * (1 - y) + bottom * y, np.float32)

    def outside(self, u: Floats, v: Floats) -> Floats:
        """The squared distance from the point to the table's own edge, nought within."""
        rows, columns = self.values.shape
        right, top = self.low[0] + (columns - 1) * self.cell, self.low[1] + (rows - 1) * self.cell
        du = np.maximum(np.maximum(self.low[0] - u, u - right), 0)
        dv = np.maximum(np.maximum(self.low[1] - v, v - top), 0)
        return np.asarray(du * du + dv * dv, np.float32)

    def reach_out(self, u: Floats, v: Floats) -> Floats:
        """Distance also beyond the table. Never too long, because the solid lies within the table."""
        near = self.read(u, v)
        away = self.outside(u, v)
        return np.where(away > 0, np.sqrt(near * near + away), near)


@dataclass(frozen=True)
class Turned:
    """A profile spun round the y axis. `flutes` is (count, depth, from height, to height)."""

    table: Table
    edges: Table
    reach: tuple[float, float, float]
    wobble: float = 0.0
    flutes: tuple[int, float, float, float] | None = None

    def distance(self, points: Floats) -> Floats:
        x, y, z = points
        radius = np.sqrt(x * x + z * z)
        if self.wobble:
            radius = radius * (1 + self.wobble * (x * x - z * z + x * z) / (radius * radius + 1))
        away = self.table.reach_out(radius, y)
        if self.flutes:
            count, depth, low, high = self.flutes
            groove = np.abs(np.sin(np.arctan2(z, x) * (count / 2)))
            mask = np.clip((y - low) / 10, 0, 1) * np.clip((high - y) / 10, 0, 1)
            away = away + np.where(away < 3 * depth, depth * (1 - groove) * mask, 0)
        return np.asarray(away, np.float32)

    def bend(self, points: Floats) -> Floats:
        x, y, z = points
        return self.edges.read(np.sqrt(x * x + z * z), y)


@dataclass(frozen=True)
class Swept:
    """A tube along a curve in the plane z = 0. `flat` squeezes it, `bore` hollows it, `cut` ends it."""

    table: Table  # distance to the curve, in its plane
    girth: Table  # radius of the tube at the nearest point of the curve
    reach: tuple[float, float, float]
    flat: float = 1.0
    bore: float = 0.0
    cut: tuple[float, float, float] | None = None  # normal x, y and offset

    def distance(self, points: Floats) -> Floats:
        x, y, z = points
        plane = self.table.read(x, y)
        depth = z * np.float32(self.flat)
        girth = self.girth.read(x, y)
        core = np.sqrt(plane * plane + depth * depth + self.table.outside(x, y))
        away = (core - girth) / np.float32(max(1.0, self.flat))
        if self.bore:
            away = np.maximum(away, self.bore * girth - core)
        if self.cut:
            away = rounded_max(away, x * self.cut[0] + y * self.cut[1] - self.cut[2], 1.2)
        return np.asarray(away, np.float32)

    def bore_out(self, points: Floats) -> Floats:
        """Positive within the bore: what a lip takes away from the wall it is joined to."""
        x, y, z = points
        depth = z * np.float32(self.flat)
        core = np.sqrt(self.table.read(x, y) ** 2 + depth * depth + self.table.outside(x, y))
        return np.asarray(self.bore * self.girth.read(x, y) - core, np.float32)

    def bend(self, points: Floats) -> Floats:
        return np.full(points.shape[1], 0.06, np.float32)


@dataclass(frozen=True)
class Heaped:
    """Loose tea: a height over the ground for each spot, with the colour of the leaf that lies there."""

    heights: Table
    colours: npt.NDArray[np.float32] = field(repr=False)
    reach: tuple[float, float, float]

    def distance(self, points: Floats) -> Floats:
        x, y, z = points
        radius = np.sqrt(x * x + z * z)
        heap = (y - self.heights.read(x, z)) * 0.5
        under = (
            0.4 * np.maximum(radius - 0.7 * self.reach[0], 0) - 1.5 - y
        )  # it lies in a dish, not on a board
        return np.asarray(np.maximum(np.maximum(heap, under), radius - self.reach[0]), np.float32)

    def bend(self, points: Floats) -> Floats:
        return np.zeros(points.shape[1], np.float32)

    def colour(self, points: Floats) -> Floats:
        channels = (Table(self.colours[..., i], self.heights.low, self.heights.cell) for i in range(3))
        return np.stack([channel.read(points[0], points[2]) for channel in channels])


def spline(points: Sequence[Point], steps: int = 14) -> npt.NDArray[np.float64]:
    """A Catmull-Rom curve through the points, spaced by chord so that it never loops between near ones."""
    p = np.array([_beyond(points[0], points[1]), *points, _beyond(points[-1], points[-2])], float)
    knots = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(p, axis=0), axis=1) ** 0.5)])
    curve = []
    for i in range(1, len(p) - 2):
        t = np.linspace(knots[i], knots[i + 1], steps, endpoint=False)[:, None]
        curve.append(_barry_goldman(p[i - 1 : i + 3], knots[i - 1 : i + 3], t))
    return np.concatenate([*curve, p[-2:-1]])


def _beyond(end: Point, inner: Point) -> Point:
    return 2 * end[0] - inner[0], 2 * end[1] - inner[1]


def _barry_goldman(p: Any, k: Any, t: Any) -> Any:
    def mix(a: Any, b: Any, i: int, j: int) -> Any:
        return a + (b - a) * (t - k[i]) / (k[j] - k[i])

    a, b, c = mix(p[0], p[1], 0, 1), mix(p[1], p[2], 1, 2), mix(p[2], p[3], 2, 3)
    return mix(mix(a, b, 0, 2), mix(b, c, 1, 3), 1, 2)


def rounded_max(a: Any, b: Any, radius: float) -> Any:
    """The intersection of two solids with a rounded edge."""
    overlap = np.maximum(radius - np.abs(a - b), 0) / radius
    return np.maximum(a, b) + overlap * overlap * radius * 0.25


def rounded_min(a: Any, b: Any, radius: float) -> Any:
    """The union of two solids with a fillet, as where a handle is luted on."""
    overlap = np.maximum(radius - np.abs(a - b), 0) / radius
    return np.minimum(a, b) - overlap * overlap * radius * 0.25


def vessel(
    outside: Sequence[Point],
    *,
    wall: float = 4.0,
    floor: float = 7.0,
    rings: float = 0.0,
    wobble: float = 0.003,
    flutes: tuple[int, float, float, float] | None = None,
    seed: int = 1,
) -> Turned:
    """An open pot: its outside from the foot to the rim; the inside follows at the wall's thickness."""
    curve = spline(outside, 26)
    if rings:
        curve = _throwing_rings(curve, rings, seed)
    rim = float(curve[-1, 1])
    lean = curve[-1] - curve[-3]
    above = curve[-1] + lean / np.linalg.norm(lean) * 6 * wall
    outline = np.concatenate([[[0, curve[0, 1]]], curve, [above], [[0, above[1]]]])
    low, cell, u, v = _grid(outline[:, 0].max(), curve[:, 1].min(), rim)
    body = _signed(outline, u, v, low, cell)
    thinned = wall * (
        1 - 0.38 * np.clip((v - rim + 24) / 24, 0, 1)
    )  # potters draw the wall out towards the rim
    hollow = rounded_max(body + thinned, curve[0, 1] + floor - v, 12.0)
    solid = rounded_max(body, -hollow, 1.0)
    solid = rounded_max(solid, v - rim, wall * 0.85)
    return _turned(
        solid, low, cell, (float(curve[:, 0].max()), float(curve[:, 1].min()), rim), wobble, flutes
    )


def lump(
    outline: Sequence[Point],
    *,
    soft: float = 1.0,
    smooth: bool = False,
    wobble: float = 0.0,
    flutes: tuple[int, float, float, float] | None = None,
) -> Turned:
    """A full form, such as a lid, a knob or a candle: its outline from the axis below to the axis above."""
    curve = spline(outline) if smooth else np.array(outline, float)
    low, cell, u, v = _grid(curve[:, 0].max(), curve[:, 1].min(), curve[:, 1].max())
    solid = _signed(curve, u, v, low, cell)
    if soft:
        solid = blur(solid, max(1, round(soft / cell)))  # takes the corners off
    reach = (float(curve[:, 0].max()), float(curve[:, 1].min()), float(curve[:, 1].max()))
    return _turned(solid, low, cell, reach, wobble, flutes)


def tube(
    points: Sequence[Point],
    girths: Sequence[float],
    *,
    flat: float = 1.0,
    bore: float = 0.0,
    cut: tuple[float, float, float] | None = None,
) -> Swept:
    curve = spline(points, 20)
    radii = np.interp(np.linspace(0, 1, len(curve)), np.linspace(0, 1, len(girths)), girths)
    low_x, low_y = curve.min(0) - max(girths) - MARGIN
    cell = float((np.ptp(curve, axis=0) + 2 * (max(girths) + MARGIN)).max()) / 420
    width, height = ((np.ptp(curve, axis=0) + 2 * (max(girths) + MARGIN)) / cell).astype(int) + 1
    u, v = np.meshgrid(low_x + cell * np.arange(width), low_y + cell * np.arange(height))
    away, along = _to_segments(curve, u.ravel(), v.ravel())
    girth = np.interp(along, np.arange(len(curve)), radii).reshape(u.shape)
    low = (float(low_x), float(low_y))
    reach = (
        float(np.abs(curve[:, 0]).max()) + max(girths),
        float(curve[:, 1].min()),
        float(curve[:, 1].max()),
    )
    return Swept(
        Table(away.reshape(u.shape).astype(np.float32), low, cell),
        Table(girth.astype(np.float32), low, cell),
        reach,
        flat,
        bore,
        cut,
    )


def _throwing_rings(curve: Any, depth: float, seed: int) -> Any:
    """The soft ridges that the potter's fingers leave, slightly uneven."""
    phase = np.random.default_rng(seed).uniform(0, 6.28, 3)
    y = curve[:, 1]
    wave = np.sin(y / 1.9 + phase[0]) + 0.6 * np.sin(y / 3.1 + phase[1]) + 0.5 * np.sin(y / 7.3 + phase[2])
    fade = np.clip((y - y.min()) / 12, 0, 1) * np.clip((y.max() - y) / 8, 0, 1)
    ringed = curve.copy()
    ringed[:, 0] += depth * wave * fade
    return ringed


def _grid(radius: float, bottom: float, top: float) -> tuple[Point, float, Any, Any]:
    cell = max(radius + MARGIN, top - bottom + 2 * MARGIN) / CELLS
    width, height = int((radius + MARGIN) / cell) + 2, int((top - bottom + 2 * MARGIN) / cell) + 2
    low = (0.0, bottom - MARGIN)
    u, v = np.meshgrid(cell * np.arange(width), low[1] + cell * np.arange(height))
    return low, cell, u, v


def _turned(
    solid: Any,
    low: Point,
    cell: float,
    reach: tuple[float, float, float],
    wobble: float,
    flutes: tuple[int, float, float, float] | None,
) -> Turned:
    soft = blur(blur(solid, 2), 2)
    bend = np.zeros_like(soft)
    bend[1:-1, 1:-1] = (
        soft[2:, 1:-1] + soft[:-2, 1:-1] + soft[1:-1, 2:] + soft[1:-1, :-2] - 4 * soft[1:-1, 1:-1]
    )
    return Turned(
        Table(solid.astype(np.float32), low, cell),
        Table((bend / cell**2).astype(np.float32), low, cell),
        reach,
        wobble,
        flutes,
    )


def blur(values: Any, reach: int) -> Floats:
    """The mean of each cell's neighbours, both ways."""
    mean = np.pad(values, reach, mode="reflect").astype(np.float64)
    width = 2 * reach + 1
    for _ in range(2):
        sums = np.insert(np.cumsum(mean, axis=0), 0, 0, axis=0)
        mean = ((sums[width:] - sums[:-width]) / width).T
    return np.asarray(mean, np.float32)


def _signed(outline: Any, u: Any, v: Any, low: Point, cell: float) -> Any:
    """Distance to a closed outline, negative inside. Exact near the line; further off every tenth cell is."""
    step = 10
    closed = np.concatenate([outline, outline[:1]])
    # The axis is no surface: the solid goes on beyond it.
    edge = [s for s in pairwise(closed) if max(s[0][0], s[1][0]) > 1e-6]
    coarse_u, coarse_v = u[::step, ::step], v[::step, ::step]
    coarse = _to_edges(edge, coarse_u.ravel(), coarse_v.ravel()).reshape(coarse_u.shape)
    away = Table(coarse.astype(np.float32), low, cell * step).read(u.astype(np.float32), v.astype(np.float32))
    near = away < step * cell * 1.6
    result = away.astype(float)
    result[near] = _to_edges(edge, u[near], v[near])
    return np.where(_inside(closed, u, v), -result, result)


def _to_edges(edges: Any, u: Any, v: Any) -> Any:
    best = np.full(u.shape, 1e9)
    for (ax, ay), (bx, by) in edges:
        dx, dy = bx - ax, by - ay
        t = np.clip(((u - ax) * dx + (v - ay) * dy) / max(dx * dx + dy * dy, 1e-12), 0, 1)
        np.minimum(best, (u - ax - t * dx) ** 2 + (v - ay - t * dy) ** 2, out=best)
    return np.sqrt(best)


def _to_segments(curve: Any, u: Any, v: Any) -> tuple[Any, Any]:
    best, along = np.full(u.shape, 1e9), np.zeros(u.shape)
    for i, ((ax, ay), (bx, by)) in enumerate(pairwise(curve)):
        dx, dy = bx - ax, by - ay
        t = np.clip(((u - ax) * dx + (v - ay) * dy) / max(dx * dx + dy * dy, 1e-12), 0, 1)
        away = (u - ax - t * dx) ** 2 + (v - ay - t * dy) ** 2
        closer = away < best
        best, along = np.where(closer, away, best), np.where(closer, i + t, along)
    return np.sqrt(best), along


def _inside(closed: Any, u: Any, v: Any) -> Any:
    """Even-odd rule, one row of the grid at a time."""
    inside = np.zeros(u.shape, bool)
    for (ax, ay), (bx, by) in pairwise(closed):
        if ay == by:
            continue
        rows = (v[:, 0] >= min(ay, by)) & (v[:, 0] < max(ay, by))
        crossing = ax + (v[rows, 0] - ay) * (bx - ax) / (by - ay)
        inside[rows] ^= u[rows] < crossing[:, None]
    return inside
