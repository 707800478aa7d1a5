r"""What logs say about two names at once: the pairs from which identities are joined, and every account that occurs.

| pair | from |
|---|---|
| SID and `DOMAIN\user` or UPN | the target and the subject of Windows events |
| `DOMAIN\user` and UPN | accounts made and changed (4720, 4738): SamAccountName, UserPrincipalName |
| UPN and object id | Entra sign-ins and audits |
| login of the mail server and sender | Postfix: `sasl_username` and `from` of one queue id |

Computer accounts, the system's own and well-known SIDs are no persons and are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kyumei.detect import names
from kyumei.store.connect import name, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.store.query import Store

_PERSON: Final = r"^s-1-5-21-\d+-\d+-\d+-\d+$|^s-1-12-1-"
_WINDOWS: Final = "windows."
_SQL: Final = """
    select lower({a}), lower({b}), count(*), min(struct_pack(us := epoch_us(ts), e := evidence_id, f := file_id, r := rec))
    from {view} where {a} is not null and {b} is not null and coalesce(origin, 'live') <> 'carved' and {only}
    group by 1, 2 order by 1, 2
"""


@dataclass(frozen=True, slots=True)
class Name:
    r"""One spelling. `kind`: account (`domain\user`), upn (also mail addresses), sid, object, bare, number, unix."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where it was read first: item, file (id or path) and record."""

    evidence: str
    file: str
    rec: int


@dataclass(frozen=True, slots=True)
class Pair:
    """Two names of one person, as one source says; `by` is record or roster, `why` a key of `join.REASONS`."""

    one: Name
    other: Name
    why: str
    by: str
    count: int
    place: Place


def named(spelling: str) -> Name | None:
    """Return what kind of name a spelling in the column `account` is; None for machines and the system's own."""
    bare = spelling.strip().lower()
    user = bare.rpartition("\\")[2]
    if not user or user.endswith("$") or user in _SYSTEM or user.startswith(("dwm-", "umfd-")) or bare.startswith("s-1-5-1"):
        return None
    if bare.startswith("s-1-"):
        return Name("sid", bare)
    if "\\" in bare:
        return Name("account", bare)
    return Name("upn" if "@" in bare else "bare", bare)


_SYSTEM: Final = {
    *("-", "system", "local service", "network service", "anonymous logon", "iusr", "nt authority", "root", "nobody"),
    *("unknown", "(null)", "null", "daemon", "www-data", "anonymous", "guest"),
}


def accounts(store: Store) -> Iterator[tuple[str, int, int | None, int | None, Place]]:
    """Yield each spelling of the column `account`: events, first and last instant, first place."""
    sql = (
        "select account, count(*), epoch_us(min(ts)), epoch_us(max(ts)),"
        " min(struct_pack(us := epoch_us(ts), e := evidence_id, f := file_id, r := rec))"
        " from events where account is not null and coalesce(origin, 'live') <> 'carved' group by 1 order by 1"
    )
    for spelling, n, first, last, mark in store.rows(sql):
        yield str(spelling), int(n), first, last, Place(mark["e"] or "", mark["f"] or "", mark["r"] or 0)


def pairs(store: Store) -> Iterator[Pair]:
    """Yield every pair of names that a record states."""
    for reader in store.readers():
        if reader.startswith(_WINDOWS):
            yield from _windows(store, reader)
        elif reader.startswith("cloud."):
            yield from _cloud(store, reader)
    if "linux.syslog" in store.readers():
        yield from _postfix(store)


def _windows(store: Store, reader: str) -> Iterator[Pair]:
    for role in ("Target", "Subject"):
        sid = names.native(store, reader, f"{role}UserSid", f"{role}Sid")
        user, domain = (names.native(store, reader, f"{role}{part}") for part in ("UserName", "DomainName"))
        if sid.startswith("null") or user.startswith("null"):
            continue
        account = f"case when {user} like '%@%' then {user} else nullif({domain}, '-') || '\\' || {user} end"
        known = f"regexp_matches(lower({sid}), {text(_PERSON)}) and {user} not like '%$'"
        yield from _asked(store, reader, (sid, account), "same_record", known)
    upn = names.native(store, reader, "UserPrincipalName")
    sam, domain = names.native(store, reader, "SamAccountName"), names.native(store, reader, "TargetDomainName")
    if not upn.startswith("null") and not sam.startswith("null"):
        account = f"nullif({domain}, '-') || '\\' || {sam}"
        yield from _asked(store, reader, (account, upn), "account_made", f"{upn} like '%@%' and {sam} not like '%$'")


def _cloud(store: Store, reader: str) -> Iterator[Pair]:
    for upn, ident in (
        (("userPrincipalName",), ("userId",)),
        (("properties.userPrincipalName",), ("properties.userId",)),
        (("properties.initiatedBy.user.userPrincipalName",), ("properties.initiatedBy.user.id",)),
    ):
        one, other = names.native(store, reader, *upn), names.native(store, reader, *ident)
        if not one.startswith("null") and not other.startswith("null"):
            only = (
                f"{one} like '%@%' and regexp_full_match({other}, '[0-9a-fA-F]{{8}}(-[0-9a-fA-F]{{4}}){{3}}-[0-9a-fA-F]{{12}}')"
            )
            yield from _asked(store, reader, (one, other), "sign_in", only)


def _postfix(store: Store) -> Iterator[Pair]:
    """Yield login and sender of messages handed in by one login; a login that sends as several is no pair."""
    fields = store.fields("linux.syslog")
    if "queue_id" not in fields or "sasl_method" not in fields or "from" not in fields:
        return
    sql = """
        with sent as (
            select s.account, lower(f."from") as sender, count(*) as n,
                min(struct_pack(us := epoch_us(s.ts), e := s.evidence_id, f := s.file_id, r := s.rec)) as mark
            from "linux.syslog" s join "linux.syslog" f on f.queue_id = s.queue_id and f.file_id = s.file_id
                and f.host is not distinct from s.host
            where s.sasl_method is not null and s.account is not null and f."from" like '%@%' group by 1, 2
        )
        select lower(account), sender, n, mark from sent qualify count(*) over (partition by account) = 1 order by 1, 2
    """
    for login, sender, n, mark in store.rows(sql):
        yield from _pair(login, sender, "mail_login", n, mark)


def _asked(store: Store, reader: str, two: tuple[str, str], why: str, only: str) -> Iterator[Pair]:
    for one, other, n, mark in store.rows(_SQL.format(a=two[0], b=two[1], view=name(reader), only=only)):
        yield from _pair(one, other, why, n, mark)


def _pair(one: str, other: str, why: str, n: int, mark: dict[str, object]) -> Iterator[Pair]:
    first, second = _of(one), _of(other)
    if first is not None and second is not None and first != second:
        place = Place(str(mark["e"] or ""), str(mark["f"] or ""), int(str(mark["r"] or 0)))
        yield Pair(first, second, why, "record", int(n), place)


def _of(spelling: str) -> Name | None:
    bare = spelling.strip().lower()
    if len(bare) == 36 and bare.count("-") == 4:
        return Name("object", bare)
    return named(bare)
