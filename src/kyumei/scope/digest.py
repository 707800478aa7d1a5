"""64-bit digests of texts, whole arrays at a time: equal texts of the same kind have equal digests.

They stand for values in the store so that no plain text is kept there. Without a key they are no protection against somebody
who tries all telephone numbers. With the key of the case (`kyumei.store.key`) each is enciphered with AES-256 under it and cut
to 64 bits, so that nobody without the key can try. With ten million values the chance of any collision is below one in a
hundred thousand.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from kyumei.store import key as keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    Digests = npt.NDArray[np.uint64]

MOBILE: Final = 2
"""The bit of a telephone number's digest that tells a mobile telephone, which one person carries."""
_MIX: Final = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)


def digests(texts: pa.StringArray, kind: str) -> Digests:
    """Return a digest for each text, never 0, and 0 for null.

    Args:
        texts: an array without offset (not a slice).
        kind: what the texts are; equal texts of two kinds have different digests.
    """
    import numpy as np

    from kyumei.scope.hashing import hashed
    from kyumei.scope.strip import parts

    state = np.empty(len(texts), np.uint64)
    hashed(*parts(texts), np.uint64(seed(kind)), state)
    state = keyed(state)
    state[state == 0] = 1
    if texts.null_count:
        state[texts.is_null().to_numpy(zero_copy_only=False)] = 0
    return state


def keyed(state: Digests) -> Digests:
    """Return the digests as the key of the case makes them; as they are where none is set."""
    import numpy as np

    key = keys.current()
    if key is None or not len(state):
        return state
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    blocks = np.zeros((len(state), 2), "<u8")
    blocks[:, 0] = state
    # one block a digest, nothing chained: a keyed function of it, which is all that is wanted of the cipher here
    cipher = Cipher(algorithms.AES256(keys.derived(key, "digest")), modes.ECB()).encryptor()  # noqa: S305
    made = np.frombuffer(cipher.update(blocks.tobytes()) + cipher.finalize(), "<u8")
    result: Digests = made.reshape(-1, 2)[:, 0].copy()
    return result


def combined(parts: Sequence[Digests]) -> Digests:
    """Return a digest of several in their order; 0 where any of them is 0."""
    import numpy as np

    from kyumei.scope.hashing import folded_in

    state = parts[0].copy()
    missing = parts[0] == 0
    for part in parts[1:]:
        folded_in(state, part)
        missing |= part == 0
    state = mixed(state)
    state[state == 0] = 1
    state[missing] = np.uint64(0)
    return state


def seed(kind: str) -> int:
    """Return the starting state of a kind."""
    return int.from_bytes(hashlib.blake2b(kind.encode(), digest_size=8, person=b"kyumei").digest(), "little")


def mixed(state: Digests) -> Digests:
    """Return each state with its bits mixed (the finaliser of SplitMix64; Steele, Lea, Flood 2014)."""
    import numpy as np

    first, second, third = (np.uint64(m) for m in _MIX)
    state = state + first
    state = (state ^ (state >> np.uint64(30))) * second
    state = (state ^ (state >> np.uint64(27))) * third
    result: Digests = state ^ (state >> np.uint64(31))
    return result
