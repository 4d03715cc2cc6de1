"""Catalogues and baskets as CSV files (RFC 4180, UTF-8, a header): what is wrong is named by file, line and column."""

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from _csv import Reader

PRODUCT_COLUMNS = (
    "product_id",
    "name",
    "department",
    "product_category",
    "brand",
    "package_size",
    "price_cents",
)
LINE_COLUMNS = ("basket_id", "household_id", "at", "product_id", "quantity")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,49}")  # part of urls and emails
T = TypeVar("T")


class Unreadable(Exception):
    """A file that is not there or not as it has to be; the text names it, and the line and column."""


@dataclass(frozen=True)
class Product:
    """A line of a catalogue; `stock` is None in a catalogue without that column."""

    id: str
    name: str
    department: str
    category: str
    brand: str
    package_size: str
    price_cents: int
    stock: int | None


@dataclass(frozen=True)
class Line:
    """So many of a product, in a basket that a household filled at some local time."""

    basket: str
    household: str
    at: str
    product: str
    quantity: int


@dataclass(frozen=True)
class _Row:
    """A line of a file, by column."""

    file: Path
    number: int
    fields: Mapping[str, str]

    def text(self, column: str) -> str:
        return self._checked(column, str, "is empty", bool)

    def id(self, column: str) -> str:
        return self._checked(column, str, "is no id of 1 to 50 letters, digits, . _ ~ and -", _ID.fullmatch)

    def count(self, column: str) -> int:
        return self._checked(column, int, "is no whole number from 0 up", lambda number: number >= 0)

    def _checked(self, column: str, read: Callable[[str], T], wrong: str, right: Callable[[T], object]) -> T:
        field = self.fields[column]
        try:
            value = read(field)
        except ValueError:
            value = None
        if value is None or not right(value):
            raise Unreadable(f"{self.file}, line {self.number}, column {column}: {field!r} {wrong}")
        return value


def read_catalogue(path: Path) -> dict[str, Product]:
    """The products by id, in the file's order; raises Unreadable."""
    products = dict[str, Product]()
    for row in _rows(path, PRODUCT_COLUMNS):
        product = _product(row)
        if product.id in products:
            raise Unreadable(f"{path}, line {row.number}, column product_id: {product.id!r} stands on an earlier line")
        products[product.id] = product
    return products


def read_lines(path: Path) -> list[Line]:
    """The lines of all baskets, in the file's order; raises Unreadable."""
    owners, lines = dict[str, str](), list[Line]()
    for row in _rows(path, LINE_COLUMNS):
        line = _line(row)
        if owners.setdefault(line.basket, line.household) != line.household:
            wrong = f"basket {line.basket} is of household {owners[line.basket]} on an earlier line"
            raise Unreadable(f"{path}, line {row.number}, column household_id: {wrong}")
        lines.append(line)
    return lines


def _product(row: _Row) -> Product:
    return Product(
        id=row.id("product_id"),
        name=row.text("name"),
        department=row.fields["department"],
        category=row.fields["product_category"],
        brand=row.fields["brand"],
        package_size=row.fields["package_size"],
        price_cents=row.count("price_cents"),
        stock=row.count("stock") if "stock" in row.fields else None,
    )


def _line(row: _Row) -> Line:
    return Line(
        basket=row.id("basket_id"),
        household=row.id("household_id"),
        at=row.fields["at"],
        product=row.id("product_id"),
        quantity=row.count("quantity"),
    )


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[_Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from _read(path, csv.reader(file, strict=True), columns)
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise Unreadable(f"{path}: is no text in UTF-8") from None


def _read(path: Path, reader: "Reader", columns: tuple[str, ...]) -> Iterator[_Row]:
    try:
        header = next(reader, [])
        if missing := [column for column in columns if column not in header]:
            raise Unreadable(f"{path}, line 1: there is no column {' and no column '.join(missing)}")
        for fields in filter(None, reader):
            if len(fields) != len(header):
                wrong = f"{len(fields)} fields, where the header has {len(header)}"
                raise Unreadable(f"{path}, line {reader.line_num}: {wrong}")
            yield _Row(path, reader.line_num, dict(zip(header, fields, strict=True)))
    except csv.Error as error:
        raise Unreadable(f"{path}, line {reader.line_num}: {error}") from None
