r"""Join names into identities: by what records say, by the roster, and by an equal login name where only one person has it.

1. Pairs of records and of the roster join, unless the name would then stand for two: one `domain\user` with two SIDs, one
   address with two object ids, one employee number with two names. Such names are listed as ambiguous and join nothing.
2. `CORP\sato` and `sato@corp.example` are one where the domain is the organisation's (an address of the roster or of a record
   about an account has it, or its first label is the Windows domain's name) and no second person bears the login name.
3. A bare name (VPN, web application, Unix) joins the only identity with that login name; where there are several it is
   ambiguous.

Nothing is joined by names of people alone. The order of pairs does not matter; identities are sorted by their first name.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kyumei.detect.identity.gather import Pair, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kyumei.detect.identity.gather import Name

REASONS: Final = {
    "same_record": ("同じ記録に両方の名前がある", "one record names both"),
    "account_made": ("アカウントの作成・変更の記録にある", "the record of the account's making or change names both"),
    "sign_in": ("サインインの記録に両方ある", "a sign-in names both"),
    "mail_login": ("メール送信時の認証名と送信者(すべて同じ)", "login to the mail server and sender, always these two"),
    "roster": ("名簿の同じ行にある", "one line of the roster names both"),
    "passwd": ("passwd の同じ行にある", "one line of passwd names both"),
    "login_name": ("ログイン名が同じで、他に同名の人がいない", "same login name, and nobody else has it"),
}
_ONLY_ONE: Final = {"account": "sid", "upn": "object"}
"""A name of this kind belongs to one name of that kind."""
_RANK: Final = ("account", "upn", "unix", "bare", "number", "sid", "object")


@dataclass(frozen=True, slots=True)
class Seen:
    """How often and when a spelling occurs as the account of events."""

    events: int
    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the roster: what it says of a person and the names it gives the person."""

    name: str
    number: str
    left: str
    names: tuple[Name, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Identity:
    """Names that are one person's; `joins` hold them together, `name`, `number` and `left` are the roster's."""

    names: tuple[Name, ...]
    joins: tuple[Pair, ...]
    name: str = ""
    number: str = ""
    left: str = ""

    @property
    def id(self) -> str:
        """Return `P-` and ten hex digits of the names."""
        said = "\n".join(f"{n.kind} {n.value}" for n in self.names)
        return "P-" + hashlib.sha256(said.encode()).hexdigest()[:10]


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A name that may be one of several persons', and why it was not joined."""

    name: Name
    could_be: tuple[str, ...]
    ja: str
    en: str


@dataclass
class _Sets:
    parent: dict[Name, Name] = field(default_factory=dict)

    def top(self, name: Name) -> Name:
        self.parent.setdefault(name, name)
        while self.parent[name] != name:
            self.parent[name] = self.parent[self.parent[name]]
            name = self.parent[name]
        return name

    def join(self, one: Name, other: Name) -> None:
        first, second = sorted((self.top(one), self.top(other)), key=_order)
        self.parent[second] = first


def joined(seen: Iterable[Name], pairs: Sequence[Pair], roster: Sequence[Line]) -> tuple[list[Identity], list[Ambiguous]]:
    """Return the identities and what could not be decided."""
    stated = [*pairs, *_of_roster(roster)]
    doubtful = _conflicts(stated)
    sets = _Sets()
    for name in seen:
        sets.top(name)
    kept = [p for p in stated if p.one not in doubtful and p.other not in doubtful]
    for pair in stated:
        sets.top(pair.one), sets.top(pair.other)
    for pair in kept:
        sets.join(pair.one, pair.other)
    by_name, unclear = _by_login_name(sets, _domains(stated, roster), set(doubtful))
    kept += by_name
    for pair in by_name:
        sets.join(pair.one, pair.other)
    ambiguous = [*doubtful.values(), *unclear]
    return _identities(sets, kept, roster), sorted(ambiguous, key=lambda a: _order(a.name))


def _of_roster(roster: Sequence[Line]) -> list[Pair]:
    return [Pair(line.names[0], other, "roster", "roster", 1, line.place) for line in roster for other in line.names[1:]]


def _conflicts(pairs: Sequence[Pair]) -> dict[Name, Ambiguous]:
    """Return the names that records give to two persons."""
    has: dict[Name, set[Name]] = defaultdict(set)
    for pair in pairs:
        for one, other in ((pair.one, pair.other), (pair.other, pair.one)):
            if _ONLY_ONE.get(one.kind) == other.kind:
                has[one].add(other)
    return {
        name: Ambiguous(
            name,
            tuple(sorted(o.value for o in others)),
            f"記録により別の {len(others)} 個の ID に結び付けられている(作り直し・同名)",
            f"records tie it to {len(others)} different ids (made anew, or another account of that name)",
        )
        for name, others in has.items()
        if len(others) > 1
    }


def _domains(pairs: Sequence[Pair], roster: Sequence[Line]) -> set[str]:
    """Return the mail domains that are the organisation's own, by records about accounts and by the roster."""
    names = [n for p in pairs if p.why in {"account_made", "same_record", "sign_in"} for n in (p.one, p.other)]
    names += [n for line in roster for n in line.names]
    return {n.value.partition("@")[2] for n in names if n.kind == "upn"}


def _by_login_name(sets: _Sets, domains: set[str], doubtful: set[Name]) -> tuple[list[Pair], list[Ambiguous]]:
    """Return pairs of equal login names where one person bears them, and the names for which that is open."""
    groups: dict[str, dict[Name, list[Name]]] = defaultdict(lambda: defaultdict(list))
    for name in sorted(sets.parent, key=_order):
        if name.kind in {"account", "upn", "bare", "unix"} and name not in doubtful:
            groups[_login(name)][sets.top(name)].append(name)
    pairs: list[Pair] = []
    unclear: list[Ambiguous] = []
    for _, members in sorted(groups.items()):
        people = [names for names in members.values() if any(n.kind in {"account", "upn"} for n in names)]
        merged = _one_person(people, domains)
        pairs += [_same(merged[0][0], other[0]) for other in merged[1:]] if merged else []
        left = [tops for tops in people if not merged or tops not in merged[1:]]
        for names in members.values():
            if names in people:
                continue
            if len(left) == 1:
                pairs += [_same(left[0][0], name) for name in names[:1]]
            elif len(left) > 1:
                unclear += [_unclear(name, left) for name in names]
    return pairs, unclear


def _one_person(people: list[list[Name]], domains: set[str]) -> list[list[Name]]:
    r"""Return the groups that are one: a single `domain\user` and a single address of the organisation."""
    windows = [names for names in people if any(n.kind == "account" for n in names)]
    mails = [names for names in people if all(n.kind == "upn" for n in names)]
    own = [names for names in mails if _is_own(names[0], windows, domains)]
    return [windows[0], own[0]] if len(windows) == 1 and len(own) == 1 and not any(n.kind == "upn" for n in windows[0]) else []


def _is_own(mail: Name, windows: list[list[Name]], domains: set[str]) -> bool:
    domain = mail.value.partition("@")[2]
    short = {n.value.partition("\\")[0] for names in windows for n in names if n.kind == "account"}
    return domain in domains or domain.partition(".")[0] in short or domain in short


def _same(one: Name, other: Name) -> Pair:
    return Pair(one, other, "login_name", "name", 1, Place("", "", 0))


def _unclear(name: Name, people: list[list[Name]]) -> Ambiguous:
    could = tuple(sorted(names[0].value for names in people))
    return Ambiguous(name, could, f"同じログイン名の人が {len(could)} 人いる", f"{len(could)} persons have this login name")


def _identities(sets: _Sets, pairs: Sequence[Pair], roster: Sequence[Line]) -> list[Identity]:
    groups: dict[Name, list[Name]] = defaultdict(list)
    for name in sets.parent:
        groups[sets.top(name)].append(name)
    joins: dict[Name, list[Pair]] = defaultdict(list)
    for pair in pairs:
        joins[sets.top(pair.one)].append(pair)
    lines: dict[Name, Line] = {sets.top(line.names[0]): line for line in reversed(roster) if line.names}
    found = []
    for top, names in groups.items():
        line = lines.get(top)
        said: Mapping[str, str] = {} if line is None else {"name": line.name, "number": line.number, "left": line.left}
        held = sorted(joins[top], key=lambda p: (_order(p.one), _order(p.other), p.why, p.place.file, p.place.rec))
        found.append(Identity(tuple(sorted(names, key=_order)), tuple(held), **said))
    return sorted(found, key=lambda i: _order(i.names[0]))


def _login(name: Name) -> str:
    return name.value.rpartition("\\")[2].partition("@")[0]


def _order(name: Name) -> tuple[int, str]:
    return _RANK.index(name.kind), name.value
