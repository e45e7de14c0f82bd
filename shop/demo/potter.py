"""Draws pots: a small ray marcher for turned forms under one window of soft light.

The same light, lens and ground serve every picture of the shop. Light and shadow depend on the forms
alone, so they are worked out once, on a coarse grid, and every glaze of a form shares them. Nothing is
random, and smooth pictures pack small.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from shop.demo.glazes import Coat, Skin, clouds
from shop.demo.light import KEY, KEY_STRENGTH, SKY_STRENGTH, cone, gather, pane, surroundings
from shop.demo.solids import Floats
from shop.demo.staging import Camera, Scene, march, smooth, unit

GROUND = np.array([0.712, 0.675, 0.612], np.float32)  # linear light: a warm, quiet paper
# How far red, green and blue of the ground lie from its grey: one offset for light and shade, which the
# coarse steps of colour in WebP hit exactly. A tint that followed the light would come out in patches.
WARMTH = np.array([3.3, -0.1, -8.1], np.float32) / 255
CHUNK = 60_000


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
            np.arange(step / 2, self.width, step).astype(np.float32),
            np.arange(step / 2, self.height, step).astype(np.float32),
        )
        return columns.ravel(), rows.ravel()

    @cached_property
    def hits(self) -> tuple[np.ndarray, Floats]:
        """The fine rays that meet a pot, and how far. A wide cone for each tile finds where to look."""
        tile, camera = 8, self.camera
        rays = camera.rays(*self._grid(tile))
        width = tile * camera.pixel * 0.75
        start = np.full(rays.shape[1], camera.far * 0.2, np.float32)
        near = np.concatenate(
            [
                march(self.scene, camera.eye, rays[:, part], start[part], camera.far * 2.5, width)
                for part in _chunks(rays.shape[1])
            ]
        )
        across = self.width * self.fine
        shape = (-(-self.height // tile), -(-self.width // tile))
        per = tile * self.fine
        starts = near.reshape(shape).repeat(per, 0).repeat(per, 1)[: self.height * self.fine, :across].ravel()
        index = np.flatnonzero(np.isfinite(starts))
        reached = np.concatenate(
            [
                march(
                    self.scene,
                    camera.eye,
                    self._fine_rays(index[part]),
                    starts[index[part]],
                    camera.far * 2.5,
                )
                for part in _chunks(index.size)
            ]
        )
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
        samples = np.concatenate(
            [self._sample(points[:, picked[p]], normals[:, picked[p]]) for p in _chunks(picked.size)], axis=1
        )
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
        even = self._fall_off() * self._paper()
        level = (light + 0.30 * near * tint.mean()) * even * GROUND.mean()
        ground = _linear(_srgb(level)[..., None] + WARMTH)
        ground += (0.30 * near * even)[..., None] * (tint - tint.mean()) * GROUND
        return _print(ground * (1 - cover[..., None]) + pots)

    def _mean_colour(self, glaze: Coat) -> Floats:
        colours = [(part.coat or glaze).mean for part in self.scene.parts]
        return np.asarray(np.mean(colours, axis=0), np.float32)

    def _fall_off(self) -> Floats:
        """The ground is lightest at the left and dims gently towards the back, as it does beside a window."""
        x, y = np.linspace(0, 1, self.width), np.linspace(0, 1, self.height)
        fall = (1.05 - 0.09 * x)[None] * (0.90 + 0.14 * smooth(0, 0.9, y.astype(np.float32)))[:, None]
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
    return Image.fromarray(np.uint8(np.clip(_srgb(rolled), 0, 1) * 255 + 0.5))


def _srgb(linear: Floats) -> Floats:
    bright = 1.055 * np.maximum(linear, 1e-6) ** (1 / 2.4) - 0.055
    return np.asarray(np.where(linear <= 0.0031308, 12.92 * linear, bright), np.float32)


def _linear(srgb: npt.NDArray[Any]) -> Floats:
    bright = ((np.maximum(srgb, 0) + 0.055) / 1.055) ** 2.4
    return np.asarray(np.where(srgb <= 0.04045, srgb / 12.92, bright), np.float32)
