"""Draw the demo shop's pictures anew."""

from argparse import ArgumentParser
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from PIL import Image

from shop.demo.glazes import GLAZES
from shop.demo.potter import Shot
from shop.demo.scenes import DRAWINGS

PICTURES = Path(__file__).resolve().parents[2] / "demo" / "pictures"
MOST_BYTES = 45_000


def draw(name: str, folder: Path, scale: float) -> list[str]:
    """All glazes of one arrangement: its light is worked out once."""
    drawing = DRAWINGS[name]
    width, height = (round(side * scale / 24) * 24 for side in drawing.size)
    shot = Shot(drawing.scene(), width, height)
    files = []
    for file, glaze in drawing.names(name):
        save(shot.develop(GLAZES[glaze]), folder / f"{file}.webp")
        files.append(file)
    return files


def save(picture: Image.Image, path: Path) -> None:
    """As good as fits into what a page can spare for a picture."""
    for quality in (88, 80, 72):
        picture.save(path, quality=quality, method=6)
        if path.stat().st_size <= MOST_BYTES:
            break


class Command(BaseCommand):
    help = "Draws the demo shop's pictures, or those named. Takes about ten minutes on two cores."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", help="arrangements, for example everyday-mug")
        parser.add_argument("--folder", type=Path, default=PICTURES)
        parser.add_argument("--scale", type=float, default=1.0, help="a smaller number draws a quick sketch")
        parser.add_argument("--processes", type=int, default=2)

    def handle(self, *args: Any, **options: Any) -> None:
        unknown = set(options["names"]) - DRAWINGS.keys()
        if unknown:
            raise CommandError(f"No such arrangement: {', '.join(sorted(unknown))}")
        names = options["names"] or list(DRAWINGS)
        options["folder"].mkdir(parents=True, exist_ok=True)
        with ProcessPoolExecutor(options["processes"]) as pool:
            jobs = [pool.submit(draw, name, options["folder"], options["scale"]) for name in names]
            for job in jobs:
                self.stdout.write("\n".join(job.result()))
