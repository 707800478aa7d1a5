"""The hash tree over a file's chunks, so that a change can be placed to within 1 MiB.

The tree is the Merkle tree of RFC 6962 section 2.1 with SHA-256: a leaf is SHA-256(00 + chunk), a node is
SHA-256(01 + left + right), the tree over n leaves splits at the largest power of two below n, and the tree over nothing is
SHA-256 of no bytes. The prefixes keep a leaf from being passed off as a node.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def leaf(chunk: bytes | memoryview) -> bytes:
    """Return the digest of one chunk."""
    digest = hashlib.sha256(b"\x00")
    digest.update(chunk)
    return digest.digest()


def node(left: bytes, right: bytes) -> bytes:
    """Return the digest over two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Iterable[bytes]) -> bytes:
    """Return the root over the leaves, holding one digest a level."""
    stack: list[bytes] = []
    for count, each in enumerate(leaves):
        top = each
        for _ in range(_trailing_ones(count)):
            top = node(stack.pop(), top)
        stack.append(top)
    if not stack:
        return hashlib.sha256().digest()
    top = stack.pop()
    while stack:
        top = node(stack.pop(), top)
    return top


def _trailing_ones(number: int) -> int:
    return (~number & (number + 1)).bit_length() - 1
