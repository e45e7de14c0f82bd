"""A CSV file as rows that know their line: any encoding and delimiter that shops' exports come in."""

import codecs
import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TextIO

from moneyed import Money

from shop.money import to_minor

LARGEST = 2**31 - 1
YES = {"yes", "true", "1", "y"}
NO = {"no", "false", "0", "n"}


@dataclass(frozen=True)
class Remark:
    """Something to tell about a cell. What could not be used is a `Problem`; the rest is a `Notice`."""

    line: int
    column: str
    text: str

    def __str__(self) -> str:
        return (
            ", ".join(filter(None, [f"line {self.line}" if self.line else "", self.column]))
            + f": {self.text}"
        )


class Notice(Remark):
    pass


class Problem(Remark):
    pass


class BadCell(ValueError):
    """A cell cannot be used; the problem says where and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class Row:
    """The cells of one record by column; reading one as a number or an amount names it when it is neither."""

    def __init__(
        self, line: int, cells: Mapping[str, str], written_as: Mapping[str, str] | None = None
    ) -> None:
        self.line = line
        self.cells = cells
        self.written_as = written_as or {}

    def __contains__(self, column: str) -> bool:
        return column in self.cells

    def bad(self, column: str, reason: str) -> BadCell:
        return BadCell(self.problem(column, reason))

    def problem(self, column: str, reason: str) -> Problem:
        return Problem(self.line, self.written_as.get(column, column), reason)

    def notice(self, column: str, text: str) -> Notice:
        return Notice(self.line, self.written_as.get(column, column), text)

    def text(self, column: str) -> str:
        text = self.cells.get(column, "").strip()
        if "\0" in text:
            raise self.bad(column, "contains a NUL character")
        return text

    def required(self, column: str) -> str:
        if not (text := self.text(column)):
            raise self.bad(column, "is missing")
        return text

    def decimal(self, column: str, called: str = "a number") -> Decimal | None:
        text = self.text(column)
        try:
            return parse_decimal(text) if text else None
        except ValueError as error:
            raise self.bad(column, str(error).format(called)) from None

    def whole(self, column: str) -> int | None:
        number = self.decimal(column, "a whole number")
        if number is None:
            return None
        if number != int(number) or abs(number) > LARGEST:
            raise self.bad(column, f"'{self.text(column)}' is not a whole number")
        return int(number)

    def amount(self, column: str, currency: str) -> int | None:
        """In minor units of the currency."""
        number = self.decimal(column, "an amount")
        if number is None:
            return None
        if number < 0 or number > LARGEST:
            raise self.bad(column, f"'{self.text(column)}' is not an amount")
        try:
            return to_minor(Money(number, currency))
        except ValueError:
            reason = f"'{self.text(column)}' is finer than the smallest unit of {currency}"
            raise self.bad(column, reason) from None

    def flag(self, column: str, *, default: bool) -> bool:
        text = self.text(column).lower()
        if not text:
            return default
        if text not in YES | NO:
            raise self.bad(column, f"'{text}' is neither yes nor no")
        return text in YES


def parse_decimal(text: str) -> Decimal:
    """`1,234.50`, `1.234,50`, `19,99` and `1 234` are numbers; `1,234` could be two and is refused."""
    digits = re.sub(r"[\s'’]", "", text)
    if "," in digits and "." in digits:
        group = min(",", ".", key=digits.rfind)
        digits = digits.replace(group, "")
    elif re.fullmatch(r"-?[1-9]\d{0,2},\d{3}", digits):
        raise ValueError(f"'{text}' can be read in two ways; write it with a point or without the comma")
    digits = digits.replace(",", ".")
    if not re.fullmatch(r"-?\d{1,15}(\.\d{1,9})?", digits, re.ASCII):
        raise ValueError(f"'{text}' is not {{}}")
    return Decimal(digits)


class Table:
    """A CSV file, read row by row and never held in memory. What cannot be read is added to `remarks`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.remarks: list[Remark] = []
        self.encoding = _encoding(path)
        with self._open() as file:
            start = file.read(20_000)
        self.delimiter = _delimiter(start)
        self.header = self._header()
        self.renamed: dict[str, str] = {}

    def rename(self, aliases: Mapping[str, str]) -> None:
        """Knows columns by another name from now on; `aliases` is in lower case."""
        self.renamed = {column: aliases.get(column.lower(), column) for column in self.header}

    @property
    def columns(self) -> list[str]:
        return [self.renamed.get(column, column) for column in self.header]

    def rows(self) -> Iterator[Row]:
        columns, written_as = self.columns, {new: old for old, new in self.renamed.items() if new != old}
        with self._open() as file:
            reader = csv.reader(file, delimiter=self.delimiter, strict=True)
            next(reader)
            while True:
                line = reader.line_num + 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    self.remarks.append(Problem(line, "", f"the row cannot be read: {error}"))
                    continue
                if len(cells) > len(columns) and any(cells[len(columns) :]):
                    reason = f"the row has {len(cells)} cells, the header {len(columns)}"
                    self.remarks.append(Problem(line, "", reason))
                elif any(cells):
                    yield Row(
                        line,
                        dict(zip(reversed(columns), _reach(cells, len(columns)), strict=True)),
                        written_as,
                    )

    def _open(self) -> TextIO:
        return self.path.open(encoding=self.encoding, newline="")

    def _header(self) -> list[str]:
        with self._open() as file:
            try:
                header = next(csv.reader(file, delimiter=self.delimiter), [])
            except csv.Error:
                return []
        return [column.strip() for column in header]


def _reach(cells: list[str], width: int) -> list[str]:
    """The cells last first, blank where the row is too short: of two columns of one name the first wins."""
    return list(reversed((cells + [""] * width)[:width]))


def _encoding(path: Path) -> str:
    """UTF-8 or UTF-16 by its mark, else UTF-8 if the whole file is, else what Excel writes in Europe."""
    with path.open("rb") as file:
        if file.read(2) in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
            return "utf-16"
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while chunk := file.read(1 << 16):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def _delimiter(start: str) -> str:
    """The mark that stands most often in the header outside quotes."""
    header = re.sub(r'"[^"]*"', "", start).partition("\n")[0]
    return max(",;\t", key=header.count)
