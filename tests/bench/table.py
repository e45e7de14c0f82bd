"""The table: what was measured, its ratio, its goal, and whether it is reached."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    what: str
    measured: str
    value: float
    unit: str
    least: float | None = None
    most: float | None = None

    @property
    def is_reached(self) -> bool:
        return (self.least is None or self.value >= self.least) and (
            self.most is None or self.value <= self.most
        )

    @property
    def goal(self) -> str:
        if self.least is None and self.most is None:
            return "none"
        return f"≥ {self.least:g}" if self.least is not None else f"≤ {self.most:g}"

    @property
    def verdict(self) -> str:
        if self.goal == "none":
            return "measured"
        return "reached" if self.is_reached else "MISSED"

    @property
    def cells(self) -> list[str]:
        shown = f"{self.value:.3f}" if self.value < 0.2 else f"{self.value:.2f}"
        return [
            self.what,
            self.measured,
            f"{shown} {self.unit}",
            self.goal,
            self.verdict,
        ]


def table(lines: Iterable[Line]) -> str:
    """In Markdown, ready for docs/speed.md."""
    cells = [["what", "measured", "ratio", "goal", "verdict"], *(line.cells for line in lines)]
    widths = [max(len(row[column]) for row in cells) for column in range(5)]
    text = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in cells]
    rule = "|".join("-" * (width + 2) for width in widths)
    return "\n".join([f"| {text[0]} |", f"|{rule}|", *(f"| {row} |" for row in text[1:])])
