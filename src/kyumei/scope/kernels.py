"""Compiled loops of record linkage: keys mixed in place, rows grouped by key, clusters united unless a veto says no.

Clusters are a forest of parents (the smallest row number is the root) and a ring of members, so that a veto can look at every
member of both clusters; 8 bytes a record. Row numbers are 32 bits: at most 2,147,483,647 records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numba as nb
import numpy as np

from kyumei.scope.vetoes import CONTACTS, DOB, DOB_FAR, DOB_SLIP, GIVEN, LATIN, MOVED, NAME, NUMBER, PERSONAL

if TYPE_CHECKING:
    from collections.abc import Callable

_DOBS: Final = DOB_SLIP | DOB | DOB_FAR

UNSURE: Final = 1
ABSORBED: Final = 2
REPRESENTATIVES: Final = 64
"""Clusters of one key that a further record is compared with."""
MEMBERS: Final = 64
"""Members of each cluster that a veto looks at."""

Array = Any
"""A NumPy array; Numba gives its functions no types."""


class Work(NamedTuple):
    """What a pass looks at and changes. One row a record, so that a record is one place in memory.

    Attributes:
        links: int32[n, 2]: parent, and next member of the cluster.
        marks: uint8[n, 2]: UNSURE and ABSORBED; the pass that joined the cluster whose root this was to another, 0 for none.
        edges: int32[n, 2] or [0, 2]: for such a root, the two records that shared the key: its cluster's, the other's.
        facts: uint32[n, 7], or [n, 5] without numbers: what vetoes compare, 0 where unknown: date of birth (in two columns),
            given name, name, reading where there is no name, number, realm of the number (upper bit: a person has one only).
        reach: uint16[n, 5]: data set, e-mail, telephone, address, postal code.
        refused: int32[m, 3]: unions that a veto forbade, as many as there is room for: two records, the pass.
        totals: int64[2]: how many unions were made, how many forbidden.
        heads: int32[REPRESENTATIVES]: room for the clusters of one key.
        how: int64[4]: the veto's bits, the pass's number, the flag of those who could be several, most rows of a key.
    """

    links: Array
    marks: Array
    edges: Array
    facts: Array
    reach: Array
    refused: Array
    totals: Array
    heads: Array
    how: Array


def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    made: Callable[..., Any] = nb.njit(cache=True, nogil=True)(function)
    return made


@_compiled
def _mix(x: Any) -> Any:
    x = x + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@_compiled
def mix_into(key: Array, part: Array) -> None:
    """Mix a further part into the keys, in place; 0 in either gives 0."""
    for n in range(len(key)):
        if key[n] != 0 and part[n] != 0:
            mixed = _mix(key[n] ^ np.uint64(0x51)) ^ np.uint64(part[n])
            key[n] = _mix(mixed) | np.uint64(1)
        else:
            key[n] = 0


@_compiled
def heap_sizes(key: Array, bits: Any) -> Any:
    """Return how many rows each of the 2**bits heaps of `grouped` takes, by the upper bits of their keys (int64)."""
    shift = np.uint64(64 - bits)
    sizes = np.zeros(1 << bits, np.int64)
    for k in key:
        if k != 0:
            sizes[np.int64(k >> shift)] += 1
    return sizes


@_compiled
def grouped(key: Array, sizes: Array, first: Any, last: Any) -> Any:
    """Return rows and keys of the rows that have one, equal keys together, rows in their order among them.

    Keys are digests, so their upper bits spread evenly: rows are dealt into heaps by these, and each small heap is dealt again
    by the bits below and put in order. Only heaps `first` to before `last` are looked at, so that ranges of heaps can be
    grouped at the same time; one after the other they are what all heaps at once would give.

    Args:
        key: uint64, 0 where a row has none.
        sizes: see `heap_sizes`.
        first: the first heap.
        last: the one after the last.

    Returns:
        rows: int32; keys: uint64; without those whose key no other row has.
    """
    heaps = len(sizes)
    bits = np.uint64(0)
    while (1 << np.int64(bits)) < heaps:
        bits += np.uint64(1)
    shift = np.uint64(64) - bits
    starts = np.zeros(last - first + 1, np.int64)
    for h in range(first, last):
        starts[h - first + 1] = starts[h - first] + sizes[h]
    rows = np.empty(starts[-1], np.int32)
    keys = np.empty(starts[-1], np.uint64)
    at = starts[:-1].copy()
    for n in range(len(key)):
        k = key[n]
        heap = np.int64(k >> shift) - first
        if k != 0 and 0 <= heap < last - first:
            rows[at[heap]] = n
            keys[at[heap]] = k
            at[heap] += 1
    for h in range(last - first):
        _order_heap(rows[starts[h] : starts[h + 1]], keys[starts[h] : starts[h + 1]], bits)
    shared = _shared_first(rows, keys)
    return rows[:shared], keys[:shared]


@_compiled
def apart(links: Array, rows: Array, keys: Array) -> Any:
    """Move groups whose rows are not all in one cluster to the front, in order; return how many rows these are.

    Others have nothing to unite, now or later, so it does no harm that clusters may be united meanwhile.
    """
    kept, begin = 0, 0
    while begin < len(keys):
        root, end, differ = _root(links, rows[begin]), begin + 1, False
        while end < len(keys) and keys[end] == keys[begin]:
            differ = differ or _root(links, rows[end]) != root
            end += 1
        if differ:
            for n in range(begin, end):
                rows[kept], keys[kept] = rows[n], keys[n]
                kept += 1
        begin = end
    return kept


@_compiled
def _root(links: Array, row: Any) -> Any:
    """Return the root of a row's cluster and change nothing."""
    parent = links[row, 0]
    while parent != row:
        row = parent
        parent = links[row, 0]
    return row


@_compiled
def _shared_first(rows: Array, keys: Array) -> Any:
    """Move rows whose key another row has to the front, in order; return how many they are."""
    kept = 0
    for n in range(len(keys)):
        before, after = n > 0 and keys[n - 1] == keys[n], n + 1 < len(keys) and keys[n + 1] == keys[n]
        if before or after:
            rows[kept], keys[kept] = rows[n], keys[n]
            kept += 1
    return kept


@_compiled
def _order_heap(rows: Array, keys: Array, bits: Any) -> None:
    """Order a heap by key, stable: dealt by 14 bits below the heap's, then put in order by insertion."""
    size = len(rows)
    if size < 2:
        return
    fine, down = 1 << 14, np.uint64(64 - 14)
    up = np.uint64(bits)
    starts = np.zeros(fine + 1, np.int32)
    for n in range(size):
        starts[np.int64((keys[n] << up) >> down) + 1] += 1
    for f in range(fine):
        starts[f + 1] += starts[f]
    old_rows, old_keys = rows.copy(), keys.copy()
    for n in range(size):
        cell = np.int64((old_keys[n] << up) >> down)
        rows[starts[cell]] = old_rows[n]
        keys[starts[cell]] = old_keys[n]
        starts[cell] += 1
    begin = 0
    for f in range(fine):
        end = starts[f]
        _order_few(rows, keys, begin, end)
        begin = end


@_compiled
def _order_few(rows: Array, keys: Array, begin: Any, end: Any) -> None:
    """Order by key and row; long runs are of equal keys, which are in order already."""
    for n in range(begin + 1, end):
        k, r, m = keys[n], rows[n], n - 1
        while m >= begin and keys[m] > k:
            keys[m + 1], rows[m + 1] = keys[m], rows[m]
            m -= 1
        keys[m + 1], rows[m + 1] = k, r


@_compiled
def spread_counts(rows: Array, keys: Array, counts: Array) -> None:
    """Write into `counts` (int32), for each of the rows of `grouped`, how many rows have its key."""
    begin = 0
    while begin < len(keys):
        end = begin + 1
        while end < len(keys) and keys[end] == keys[begin]:
            end += 1
        for n in range(begin, end):
            counts[rows[n]] = end - begin
        begin = end


@_compiled
def _find(links: Array, row: Any) -> Any:
    """Return the root of a row's cluster, halving its path."""
    while links[row, 0] != row:
        links[row, 0] = links[links[row, 0], 0]
        row = links[row, 0]
    return row


@_compiled
def flatten(links: Array) -> None:
    """Make every row's parent its root; parents are smaller than their rows."""
    for n in range(len(links)):
        links[n, 0] = links[links[n, 0], 0]


@_compiled
def count_roots(links: Array, marks: Array, left_out: Any) -> Any:
    """Return how many clusters have a row without the flags that are left out."""
    met = np.zeros(len(links), np.uint8)
    count = 0
    for n in range(len(links)):
        if marks[n, 0] & left_out == 0:
            root = _find(links, n)
            count += met[root] == 0
            met[root] = 1
    return count


@_compiled
def fold_into(table: Array, place: Any, values: Array) -> None:
    """Write digests of 64 bits as such of 32 into a column of a table; 0 stays 0 and nothing else becomes it."""
    for n in range(len(values)):
        if values[n] != 0:
            table[n, place] = np.uint32(values[n] >> np.uint64(32)) | np.uint32(1)


@_compiled
def shorten_into(table: Array, place: Any, values: Array) -> None:
    """Write digests of 64 bits as such of 16 into a column of a table; 0 stays 0 and nothing else becomes it."""
    for n in range(len(values)):
        if values[n] != 0:
            table[n, place] = np.uint16(values[n] >> np.uint64(48)) | np.uint16(1)


@_compiled
def fold_where_zero(table: Array, place: Any, values: Array, other: Any) -> None:
    """Like `fold_into`, only where another column is 0."""
    for n in range(len(values)):
        if values[n] != 0 and table[n, other] == 0:
            table[n, place] = np.uint32(values[n] >> np.uint64(32)) | np.uint32(1)


@_compiled
def split_into(table: Array, values: Array) -> None:
    """Write values of 64 bits into the first two columns of a table, the lower half first."""
    for n in range(len(values)):
        table[n, 0] = np.uint32(values[n] & np.uint64(0xFFFFFFFF))
        table[n, 1] = np.uint32(values[n] >> np.uint64(32))


@_compiled
def _dates_clash(facts: Array, i: Any, j: Any, bits: Any) -> Any:
    a = np.uint64(facts[i, 0]) | np.uint64(facts[i, 1]) << np.uint64(32)
    b = np.uint64(facts[j, 0]) | np.uint64(facts[j, 1]) << np.uint64(32)
    if a == b or a == 0 or b == 0:  # noqa: PLR1714  # Numba makes no tuples here
        return False
    if bits & DOB:
        return True
    differing = 0
    for part in range(3):
        differing += ((a ^ b) >> np.uint64(21 * part)) & np.uint64(0x1FFFFF) != 0
    return bool((bits & DOB_SLIP and differing > 1) or (bits & DOB_FAR and differing > 2))


@_compiled
def _differ(facts: Array, i: Any, j: Any, n: Any) -> Any:
    return facts[i, n] != 0 and facts[j, n] != 0 and facts[i, n] != facts[j, n]


@_compiled
def _reach_clashes(reach: Array, i: Any, j: Any, bits: Any) -> Any:
    if reach[i, 0] != reach[j, 0]:
        return False
    differing = 0
    for n in range(1, 5):
        if n < 4 and reach[i, n] != 0 and reach[i, n] == reach[j, n]:
            return False
        differing += _differ(reach, i, j, n)
    return differing > 1 or (bits & MOVED and differing > 0)


@_compiled
def _numbers_clash(facts: Array, i: Any, j: Any, bits: Any) -> Any:
    if not _differ(facts, i, j, 5) or facts[i, 6] != facts[j, 6]:
        return False
    return bool(bits & NUMBER) or facts[i, 6] >> np.uint32(31) != 0


@_compiled
def _clash(work: Work, i: Any, j: Any) -> Any:
    """Return whether two records contradict each other in what the veto's bits name."""
    bits, facts = work.how[0], work.facts
    if bits & _DOBS and _dates_clash(facts, i, j, bits):
        return True
    if bits & GIVEN and _differ(facts, i, j, 2):
        return True
    if bits & NAME and _differ(facts, i, j, 3):
        return True
    if bits & LATIN and _differ(facts, i, j, 4):
        return True
    if bits & (NUMBER | PERSONAL) and _numbers_clash(facts, i, j, bits):
        return True
    return bits & (CONTACTS | MOVED) and _reach_clashes(work.reach, i, j, bits)


@_compiled
def _clusters_clash(work: Work, a: Any, b: Any) -> Any:
    if work.how[0] == 0:
        return False
    i, seen = a, 0
    while seen < MEMBERS:
        j, met = b, 0
        while met < MEMBERS:
            if _clash(work, i, j):
                return True
            j, met = work.links[j, 1], met + 1
            if j == b:
                break
        i, seen = work.links[i, 1], seen + 1
        if i == a:
            break
    return False


@_compiled
def _lacks(work: Work, a: Any) -> Any:
    """Return whether a cluster does not know something that vetoes compare."""
    bits, facts = work.how[0], work.facts
    dob, given, name = bits & _DOBS == 0, bits & GIVEN == 0, bits & (NAME | LATIN) == 0
    i, seen = a, 0
    while seen < MEMBERS and not (dob and given and name):
        dob = dob or facts[i, 0] != 0
        given = given or facts[i, 2] != 0
        name = name or facts[i, 3] != 0 or facts[i, 4] != 0
        i, seen = work.links[i, 1], seen + 1
        if i == a:
            break
    return not (dob and given and name)


@_compiled
def _join(work: Work, one: Any, other: Any) -> None:
    """Unite the clusters of two rows."""
    links = work.links
    a, b = _find(links, one), _find(links, other)
    if a > b:
        a, b, one, other = b, a, other, one
    links[b, 0] = a
    links[a, 1], links[b, 1] = links[b, 1], links[a, 1]
    work.marks[b, 1] = work.how[1]
    if len(work.edges):
        work.edges[b, 0], work.edges[b, 1] = other, one
    work.totals[0] += 1


@_compiled
def _refuse(work: Work, one: Any, other: Any) -> None:
    total = work.totals[1]
    if total < len(work.refused):
        work.refused[total, 0], work.refused[total, 1], work.refused[total, 2] = one, other, work.how[1]
    work.totals[1] = total + 1


@_compiled
def _place(work: Work, count: Any, row: Any) -> Any:
    """Unite a row's cluster with the first that it does not contradict; return how many representatives there are then."""
    links, heads = work.links, work.heads
    root = _find(links, row)
    for h in range(count):
        if _find(links, heads[h]) == root:
            return count
    for h in range(count):
        if not _clusters_clash(work, root, _find(links, heads[h])):
            _join(work, row, heads[h])
            return count
        _refuse(work, row, heads[h])
    if count < len(heads):
        heads[count] = row
        return count + 1
    return count


@_compiled
def _place_vague(work: Work, count: Any, row: Any) -> Any:
    """Like `_place` for a row that lacks what is compared: it joins only if it fits just one, and is flagged if several."""
    links, heads = work.links, work.heads
    root = _find(links, row)
    fits, first = 0, -1
    for h in range(count):
        other = _find(links, heads[h])
        if other == root:
            return count
        if not _clusters_clash(work, root, other):
            fits += 1
            first = heads[h] if fits == 1 else first
    if fits > 1:
        work.marks[row, 0] |= work.how[2]
    elif fits == 1:
        _join(work, row, first)
    elif count < len(heads):
        heads[count] = row
        return count + 1
    return count


@_compiled
def unite(work: Work, rows: Array, keys: Array) -> None:
    """Unite the clusters of rows with equal keys.

    Among the rows of one key, those that know what the vetoes compare come first; each joins the first cluster that it does
    not contradict, or stands by itself. Then those that lack something: who fits just one joins it, who could be several is
    united with nobody and flagged.

    Args:
        work: what is changed.
        rows: rows as `grouped` returns them.
        keys: their keys.
    """
    vague = np.empty(256, np.int32)
    begin = 0
    while begin < len(keys):
        end = begin + 1
        while end < len(keys) and keys[end] == keys[begin]:
            end += 1
        if 1 < end - begin <= work.how[3]:
            if end - begin > len(vague):
                vague = np.empty(2 * (end - begin), np.int32)
            _unite_run(work, rows[begin:end], vague)
        begin = end


@_compiled
def _unite_run(work: Work, rows: Array, vague: Array) -> None:
    count, waiting = 0, 0
    for row in rows:
        if len(rows) > 2 and _lacks(work, _find(work.links, row)):
            vague[waiting] = row
            waiting += 1
        else:
            count = _place(work, count, row)
    for n in range(waiting):
        count = _place_vague(work, count, vague[n])


@_compiled
def keep_only(values: Array, listed: Array) -> None:
    """Set values to 0, in place, that are not among the sorted values listed."""
    for n in range(len(values)):
        if values[n] != 0:
            at = np.searchsorted(listed, values[n])
            if at == len(listed) or listed[at] != values[n]:
                values[n] = 0
