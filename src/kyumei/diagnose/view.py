"""What a hypothesis may look at: the findings, the store, who the parties and people are."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from kyumei.model.hypothesis import Actor, Exposure
from kyumei.store.schema import TEXT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kyumei.model.finding import Finding
    from kyumei.model.hypothesis import Access
    from kyumei.store.query import Store


@dataclass(frozen=True, slots=True)
class Party:
    """One party and where its data lies: a folder or file inside the evidence, `/` between names."""

    name: str
    role: Literal["own", "entrusted"]
    path: str


@dataclass(frozen=True, slots=True)
class Person:
    """One line of the roster. Dates are ISO, empty where unknown."""

    account: str
    name: str = ""
    role: str = ""
    employer: str = ""
    left: str = ""
    mail: str = ""
    number: str = ""
    accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DataTable:
    """A table with personal data in the evidence."""

    id: str
    path: str
    name: str
    hidden: str
    records: int
    file_id: str


@dataclass(slots=True)
class View:
    """The case as diagnosis sees it."""

    store: Store
    findings: Sequence[Finding]
    parties: Sequence[Party] = ()
    roster: Sequence[Person] = ()
    zone: str = "Asia/Tokyo"
    spellings: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    """Account in lower case → all names of the identity that has it, in lower case; empty where nothing was joined."""
    _tables: list[DataTable] = field(default_factory=list[DataTable])

    def found(self, *rules: str) -> list[Finding]:
        """Return the findings of these rules; a rule ending in `.` stands for its whole family."""
        return [f for f in self.findings if any(f.rule == r or (r.endswith(".") and f.rule.startswith(r)) for r in rules)]

    def tables(self) -> list[DataTable]:
        """Return the tables with personal data, in the order of paths."""
        if not self._tables:
            sql = (
                "select t.table_id, s.path, t.name, t.hidden, t.records, t.file_id from tables t join sources s using (file_id)"
                " where t.personal order by s.path, t.name, t.table_id"
            )
            self._tables = [DataTable(*row) for row in self.store.rows(sql)]
        return self._tables

    def party_of(self, path: str) -> Party:
        """Return the party with the longest path that holds this file; the organisation itself where none does."""
        fitting = [p for p in self.parties if p.path and _under(path, p.path)]
        if fitting:
            return max(fitting, key=lambda p: len(p.path))
        own = {p.name for p in self.parties if p.role == "own"}
        return Party(own.pop() if len(own) == 1 else "", "own", "")

    def exposures(
        self, tables: Iterable[DataTable], access: Access, status: Literal["confirmed", "suspected"]
    ) -> list[Exposure]:
        """Return one exposure per party and folder or file of its data; letters and notes of one folder go together."""
        listed = list(tables)
        folders = Counter(_top(t.path) for t in listed if t.name == TEXT)
        grouped: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        for table in listed:
            party = self.party_of(table.path)
            together = table.name == TEXT and folders[_top(table.path)] > 1
            dataset = party.path or (_top(table.path) if together else table.path)
            grouped[party.name, party.role, dataset].append(table.id)
        return [
            Exposure(name, "entrusted" if role == "entrusted" else "own", dataset, tuple(sorted(ids)), access, status)
            for (name, role, dataset), ids in sorted(grouped.items())
        ]

    def person(self, account: str) -> Person | None:
        """Return the line of the roster for an account: by any name of its identity, else by the login name."""
        known = self._by_name()
        names = {account.lower()} | self.spellings.get(account.lower(), frozenset())
        return next((known[n] for n in sorted(names) if n in known), None) or known.get(folded(account))

    def _by_name(self) -> dict[str, Person]:
        known: dict[str, Person] = {}
        for p in reversed(self.roster):
            spelt = (p.account, *p.accounts)
            known |= {n.lower(): p for n in (*spelt, *(folded(s) for s in spelt), p.mail, p.number) if n}
        return known

    def actors(self, accounts: Iterable[str]) -> tuple[Actor, ...]:
        """Return the accounts, each once in its fullest spelling, with the person and role that the roster gives them."""
        fullest: dict[str, str] = {}
        for account in sorted(set(accounts), key=lambda a: (-len(a), a)):
            fullest.setdefault(folded(account), account)
        found = {a: self.person(a) for a in sorted(fullest.values())}
        return tuple(Actor(a, p.name if p else "", p.role if p else "") for a, p in found.items())


def folded(account: str) -> str:
    r"""Return the account without domain and in lower case: `DOMAIN\user` and `user@domain` become `user`."""
    return account.rsplit("\\", 1)[-1].split("@", 1)[0].lower()


def _top(path: str) -> str:
    """Return the uppermost folder that a file lies in, or the file itself where it lies in none."""
    return path.split("/", 1)[0]


def _under(path: str, folder: str) -> bool:
    """Return whether the folder's names stand in a row in the path, compared without case."""
    names = path.lower().replace("\\", "/").split("/")
    wanted = [n for n in folder.lower().replace("\\", "/").split("/") if n]
    return any(names[i : i + len(wanted)] == wanted for i in range(len(names) - len(wanted) + 1))
