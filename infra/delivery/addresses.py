"""Where the capabilities answer: at one front door, each at its own address, or as the stacks of a stage tell."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

CAPABILITIES = ("customers", "orders", "products")
FRONT_DOOR, FRONT_DOOR_URL = "edge", "Url"  # the stack before all capabilities, which a stage need not have
API_URL = "EndpointURL"  # what Chalice calls the address of an app's API in the outputs of its stack


class NoAddress(ValueError):
    """Nobody told where a capability answers; the message says what to give, or to deploy."""


@dataclass(frozen=True)
class Addresses:
    """A base URL for each capability; what follows it is the path as the OpenAPI documents have it."""

    customers: str
    orders: str
    products: str


def of_urls(given: Iterable[str]) -> Addresses:
    """A URL is of all, CAPABILITY=URL of that one; raises NoAddress."""
    named, everywhere = dict[str, str](), ""
    for each in given:
        if found := re.fullmatch(r"(\w+)=(.*)", each):
            named[found[1]] = found[2]
        else:
            everywhere = each
    if strange := sorted(named.keys() - {*CAPABILITIES}):
        raise NoAddress(f"{strange[0]} is none of {', '.join(CAPABILITIES)}")
    urls = {name: named.get(name, everywhere) for name in CAPABILITIES}
    if missing := [name for name, url in urls.items() if not url]:
        raise NoAddress(f"nothing is said of {', '.join(missing)}: give one URL for all, or {missing[0]}=URL too")
    return Addresses(**urls)


def of_outputs(stage: str, outputs: Mapping[str, Mapping[str, str]]) -> Addresses:
    """The front door's address or, where the stage has none, that of each capability's API; raises NoAddress.

    `outputs` are those of the stage's stacks, by the part.
    """
    if url := outputs.get(FRONT_DOOR, {}).get(FRONT_DOOR_URL):
        return Addresses(url, url, url)
    urls = {name: outputs.get(name, {}).get(API_URL, "") for name in CAPABILITIES}
    if missing := [name for name, url in urls.items() if not url]:
        raise NoAddress(
            f"{', '.join(missing)} of {stage} tells no address: `emporium deploy --stage {stage}` brings it"
        )
    return Addresses(**urls)
