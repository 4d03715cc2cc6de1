"""Changes of a version that can not run beside another one: what the run of both has to notice."""

import shutil
from dataclasses import dataclass
from pathlib import Path

ORDERS, PRODUCTS = "functions/orders/chalicelib/orders", "functions/products/chalicelib/products"


@dataclass(frozen=True)
class Change:
    """In a file the text `this` becomes `that`; `noticed` is a pattern of what the run says of it."""

    file: str
    this: str
    that: str
    noticed: str
    seed: int = 2  # in which each delivery comes to both versions, unless that would make up for the change

    def made(self, sources: Path, target: Path) -> Path:
        """A copy of the sources with the change."""
        shutil.copytree(sources, target, ignore=shutil.ignore_patterns("__pycache__"))
        path = target / self.file
        text = path.read_text(encoding="utf-8")
        assert text.count(self.this) == 1, f"{self.file} has changed: say anew what is to be changed in it"
        path.write_text(text.replace(self.this, self.that), encoding="utf-8")
        return target


CHANGES = {
    "a status that is not known is refused": Change(
        f"{ORDERS}/schemas.py",
        'needs to know."""\n\n    id: str\n    status: str',
        'needs to know."""\n\n    id: str\n    status: Annotated[str, Meta(pattern="^active$")]',
        r"other: orders\.inbox: .*matching regex '\^active\$'",
    ),
    "a field that others do not tell is required": Change(
        f"{ORDERS}/schemas.py",
        'stock of the order `id`."""\n\n    id: str',
        'stock of the order `id`."""\n\n    id: str\n    warehouse: str',
        r"other: orders\.inbox: .*missing required field `warehouse`",
    ),
    "what is kept has another name": Change(
        f"{PRODUCTS}/model.py",
        "class Reservation(Struct, frozen=True, kw_only=True, omit_defaults=True):",
        'class Reservation(Struct, frozen=True, kw_only=True, omit_defaults=True, rename={"asked": "answered"}):',
        r"products\.inbox: .*missing required field `(asked|answered)`",
    ),
    "what is told has another name": Change(
        f"{ORDERS}/model.py",
        "class Order(Struct, frozen=True, kw_only=True, omit_defaults=True):",
        'class Order(Struct, frozen=True, kw_only=True, omit_defaults=True, rename={"lines": "items"}):',
        r"missing required field `(lines|items)`",
    ),
    "a fact that is told is not known": Change(
        f"{ORDERS}/reactions.py",
        '    "emporium.products.PriceChanged.v1": when_product_changed,\n',
        "",
        r"other: orders\.inbox: .*nobody here listens to this",
    ),
    "a key makes another id": Change("chassis/clock.py", 'f"{len(part)}:{part}"', "part", r"asked first: POST"),
    "a cursor is sealed otherwise": Change("chassis/cursor.py", "_SEAL = 16", "_SEAL = 12", r"not \(200,\): .*422"),
    "sign-outs are looked for elsewhere": Change(
        "chassis/sign_outs.py",
        'f"sign_out#{id}"',
        'f"signed_out#{id}"',
        r"asked first: GET /orders: .*status=401",
        seed=0,
    ),
}
