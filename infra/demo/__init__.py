"""Real products and real baskets, to fill the shop with and to play."""

from pathlib import Path

_DATA = Path(__file__).resolve().parents[2] / "data"
CATALOGUE = _DATA / "catalogue.csv"
BASKETS = _DATA / "baskets.csv"
STOCK = 200  # units of each product of a catalogue that says nothing of stock
