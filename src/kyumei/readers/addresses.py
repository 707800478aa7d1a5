"""Network addresses in one spelling, so that the same address is the same text in every source."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Final

from kyumei.readers.match import filled

if TYPE_CHECKING:
    import pyarrow as pa

IPV4: Final = r"\d{1,3}(?:\.\d{1,3}){3}"
IPV6: Final = r"[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?::?\d{1,3}(?:\.\d{1,3}){3})?(?:%[0-9A-Za-z]+)?"
IP: Final = rf"(?:{IPV4}|{IPV6})"
"""An address inside a larger RE2 pattern; looser than the grammar, `normal` judges."""


def normal(text: str) -> str:
    """Return an address as the store spells it; anything else comes back as it is.

    Brackets and the interface of a link-local address are cut, IPv6 is compressed in lower case, `::ffff:a.b.c.d` is
    written as a.b.c.d.
    """
    bare = text.strip().removeprefix("[").removesuffix("]")
    try:
        address = ip_address(bare.partition("%")[0])
    except ValueError:
        return text
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


def normalised(texts: pa.Array) -> pa.Array:
    """Return the column with every address in the store's spelling; "" and "-" become null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = filled(texts)
    if not pc.any(pc.match_substring_regex(texts, r"[:\[%]")).as_py():
        return texts
    coded = texts.dictionary_encode()
    spelt = pa.array([None if t is None else normal(t) for t in coded.dictionary.to_pylist()], pa.string())
    return spelt.take(coded.indices)
