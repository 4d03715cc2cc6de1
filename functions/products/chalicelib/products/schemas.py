"""What comes in and goes out of products: bodies, queries, answers, and the parts of others' events that it reads."""

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from chalicelib.products.model import Money, Status

# (?![\s\S]) is "the end" in every dialect of regular expressions; $ would let a line feed through in some. Blanks, too,
# differ (\s has U+0085 in Python, U+FEFF in JavaScript): these are what any dialect counts as one.
BLANK = r"\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
NAME = rf"^[^\x00-\x1f\x7f]*[^{BLANK}][^\x00-\x1f\x7f]*(?![\s\S])"
TEXT = r"^[^\x00-\x08\x0b-\x1f\x7f]*(?![\s\S])"

Sku = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._~-]{0,63}(?![\s\S])")]
Name = Annotated[str, Meta(max_length=200, pattern=NAME)]
Category = Annotated[str, Meta(max_length=64, pattern=NAME)]
Description = Annotated[str, Meta(max_length=4000, pattern=TEXT)]
Attributes = Annotated[
    dict[Annotated[str, Meta(max_length=64, pattern=NAME)], Annotated[str, Meta(max_length=256, pattern=TEXT)]],
    Meta(max_length=50),
]


class AddProduct(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A new product; it can be ordered at once, unless its status is draft."""

    sku: Sku
    name: Name
    price: Money
    description: Description | None = None
    category: Category | None = None
    attributes: Attributes = {}
    status: Status = "active"


class ReviseProduct(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A merge patch (RFC 7396): what is left out stays, null takes an optional part away."""

    name: Name | UnsetType = UNSET
    price: Money | UnsetType = UNSET
    description: Description | UnsetType | None = UNSET
    category: Category | UnsetType | None = UNSET
    attributes: Attributes | UnsetType = UNSET
    status: Status | UnsetType = UNSET


class ListProducts(Struct, frozen=True, forbid_unknown_fields=True):
    """Which products of the shop to list, by sku."""

    category: Category | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 20
    cursor: Annotated[str, Meta(max_length=1000)] | None = None


class ListCatalogue(ListProducts, frozen=True, forbid_unknown_fields=True):
    """Which of all products to list, by sku."""

    status: Status = "active"


class AdjustStock(Struct, frozen=True, forbid_unknown_fields=True):
    """So many more, or fewer, on hand, and why."""

    delta: Annotated[int, Meta(ge=-1_000_000_000, le=1_000_000_000)]
    reason: Name


class Product(Struct, frozen=True, omit_defaults=True):
    """A product as it is shown."""

    sku: str
    name: str
    price: Money
    status: Status
    version: int
    created_at: datetime
    changed_at: datetime
    description: str | None = None
    category: str | None = None
    attributes: dict[str, str] = {}


class Products(Struct, frozen=True, omit_defaults=True):
    """A page of products; `next_cursor` is there while there is more."""

    items: tuple[Product, ...]
    next_cursor: str | None = None


class Stock(Struct, frozen=True):
    """How many there are, how many of them are promised to orders, and how many can still be ordered."""

    sku: str
    on_hand: int
    reserved: int
    available: int


class Adjustment(Struct, frozen=True):
    """An adjustment that was made, and what was on hand after it."""

    id: str
    sku: str
    delta: int
    reason: str
    on_hand: int
    changed_at: datetime


class OrderedLine(Struct, frozen=True):
    """A line of an order, as far as stock needs to know."""

    sku: str
    quantity: Annotated[int, Meta(ge=1)]  # less would give to all what is held for others


class OrderPlaced(Struct, frozen=True):
    """An order that wants its lines reserved, until `answer_by`."""

    id: str
    lines: Annotated[tuple[OrderedLine, ...], Meta(min_length=1)]
    answer_by: datetime | None = None


class OrderCancelled(Struct, frozen=True):
    """An order that gives back what it held."""

    id: str
