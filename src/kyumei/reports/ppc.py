"""The leak report to the Personal Information Protection Commission, field by field (規則8条1項1–9号, web form).

The nine items are those of Art. 8(1) of the Enforcement Rules. Their sub-fields follow form 1 (別記様式第一) from memory,
as the document says: compare with the form on the day of filing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.reports import parts, view
from kyumei.reports.document import Column, Document, Field, Section, Sentence, Table, Text, formula
from kyumei.reports.matter import Phrases, labels
from kyumei.reports.statements import Statements

if TYPE_CHECKING:
    from kyumei.reports.document import Block
    from kyumei.reports.matter import Matter, Said

KINDS: Final = ("leak", "leak_maybe", "loss", "loss_maybe", "damage", "damage_maybe")
CAUSES: Final = {
    "external.intrusion": "intrusion",
    "external.ransomware": "intrusion",
    "external.web_attack": "intrusion",
    "insider.takeout": "insider",
    "error.missent": "missent",
    "error.exposure": "other",
    "error.loss": "loss",
}
CAUSE_OPTIONS: Final = ("intrusion", "handed", "missent", "discarded", "loss", "theft", "insider", "other")
ITEMS: Final = ("id.name", "id.dob", "id.sex", "id.address", "id.phone", "id.email", "auth.password", "fin.card_number")
RULE7: Final = ("1", "2", "3", "4")


def ppc(matter: Matter, *, final: bool) -> Document:
    """Return the preliminary or the final report."""
    return _Form(matter, final=final).document()


class _Form:
    def __init__(self, matter: Matter, *, final: bool) -> None:
        self.m, self.final = matter, final
        self.say = Phrases("ppc", matter.lang)
        self.state, self.short = Statements(matter), Statements(matter, "short")
        self.duty = "jp.appi.ppc.final" if final else "jp.appi.ppc.prelim"
        self.form = ("form:form.jp_ppc",)

    def document(self) -> Document:
        m, name = self.m, "ppc_final" if self.final else "ppc_preliminary"
        parts = ("header", "summary", "items", "persons", "cause", "damage", "response", "publication", "prevention", "other")
        sections = [self._section(part) for part in parts]
        return Document(
            name, m.lang, self.say(name), tuple(sections), "inside", m.status, lead=self._lead(), about=tuple(self._about())
        )

    def _lead(self) -> tuple[Text, ...]:
        lines = [formula(self.say("how_to")), formula(self.say("from_memory"))]
        if not self.final:
            lines.append(Sentence(self.say("only_known"), "formula", (f"law:{self.duty}",)))
        return (Text(tuple(lines)),)

    def _about(self) -> list[tuple[str, str]]:
        m = self.m
        about = [(self.say("to"), self.say("commission"))]
        for o in {(o.get("aware"), o.get("due")): o for o in m.obligations(self.duty)}.values():
            said = next((m.words.said(d.get("arithmetic")) for d in view.listed(o, "deadlines")), "")
            about.append((self.say("due", aware=m.time(o.get("aware"))), f"{m.day(o.get('due'))} — {said}"))
        return about

    def _section(self, part: str) -> Section:
        blocks: list[Block] = getattr(self, f"_{part}")()
        return Section(self.say(f"s_{part}"), tuple(blocks), self.say(f"r_{part}"))

    def _choice(self, key: str, chosen: str, options: tuple[str, ...], *rests: str) -> Field:
        """Return a choice; `chosen` is one of the options or empty where nobody can say yet."""
        shown = tuple((self.say(f"{key}_{o}"), o == chosen) for o in options)
        answer = (
            (Sentence(self.say(f"{key}_{chosen}"), "stated", rests or self.form),) if chosen else (formula(self.say("open")),)
        )
        return Field(key, self.say(key), answer, options=shown, missing=not chosen)

    def _entered(self, *keys: str) -> list[Block]:
        return [self.m.field(key, labels()[key][self.m.lang]) for key in keys]

    def _header(self) -> list[Block]:
        m = self.m
        before = m.filings("ppc_final" if self.final else "ppc_preliminary") or (self.final and m.filings("ppc_preliminary"))
        number = {"applies": "yes", "undecided": "unknown"}.get(m.verdict("jp.mynumber.ppc"), "no")
        return [
            self._choice("report", "again" if before else "new", ("new", "again"), "filing:ppc"),
            self._choice("stage", "final" if self.final else "preliminary", ("preliminary", "final")),
            Field("on", self.say("on"), (Sentence(m.today(), "stated", self.form),)),
            self._choice("mynumber", number, ("yes", "no", "unknown"), "law:jp.mynumber.ppc"),
            *self._entered("org.kind", "org.delegated", "org.name", "org.corporate_number", "org.industry", "org.address"),
            *self._entered("org.representative", "contact.person", "contact.department", "contact.phone", "contact.email"),
        ]

    def _summary(self) -> list[Block]:
        m = self.m
        maybe = "" if m.status == "confirmed" else "_maybe"
        kind = f"leak{maybe}" if m.status in ("confirmed", "suspected") else ""
        return [
            Field("occurred", self.say("occurred"), (self.short.window(),)),
            Field("noticed", self.say("noticed"), (self.short.aware(),)),
            self._choice("kind", kind, KINDS, *m.because),
            self._rule7(),
            Field("parties", self.say("parties"), self._parties()),
            m.field("discovery.by", self.say("discoverer")),
            Field("course", self.say("course"), (self.state.leak(), *self.state.access(), *self.state.supports())),
            self._timeline(),
            *self._entered("discovery.story", "survey.status", "survey.detail"),
        ]

    def _rule7(self) -> Field:
        m = self.m
        found = sorted({label for o in m.obligations(self.duty) for label in view.listed(o, "because")})
        hits = {n for n in RULE7 if any(self.say(f"rule7_{n}_mark") in label for label in found)}
        options = tuple((self.say(f"rule7_{n}"), n in hits) for n in RULE7)
        none = (self.say("rule7_none"), not hits and m.verdict(self.duty) == "does_not")
        rests = (f"law:{self.duty}",)
        answer = tuple(Sentence(label + self.say("stop"), m.certainty, rests) for label in found)
        return Field(
            "rule7", self.say("rule7"), answer or (formula(self.say("open")),), options=(*options, none), missing=not found
        )

    def _parties(self) -> tuple[Sentence, ...]:
        m = self.m
        roles = {str(h.get("role")) for h in m.listed("holdings")}
        said = []
        if "entrusted" in roles and (clients := m.number("clients")):
            said.append(Sentence(self.say("as_processor", clients=clients[0]), "stated", clients[1]))
        if "own" in roles:
            said.append(Sentence(self.say("as_controller"), "stated", ("diagnosis:/holdings/*/role",)))
        return tuple(said) or (formula(self.say("open")),)

    def _timeline(self) -> Table:
        rows = tuple((time, text) for _, time, text, _ in self.state.events())
        rests = tuple(dict.fromkeys(b for *_, basis in self.state.events() for b in basis))
        return Table((Column(self.say("time"), 2), Column(self.say("event"), 6)), rows, rests, self.say("timeline"))

    def _items(self) -> list[Block]:
        m = self.m
        have = dict(m.categories)
        sort = "staff" if "id.employee_no" in have and have else ""
        sort = "customers" if "id.customer_no" in have else sort
        listed = tuple((m.category(i), i in have) for i in ITEMS)
        others = [m.category(c) for c, _ in m.categories if c not in ITEMS]
        return [
            self._choice("media", "electronic", ("paper", "electronic", "other"), "diagnosis:/evidence"),
            self._choice("sort", sort, ("customers", "staff", "other"), "diagnosis:/holdings/*/categories"),
            Field(
                "items", self.say("items"), self.state.categories(), options=(*listed, (self.say("items_other"), bool(others)))
            ),
        ]

    def _persons(self) -> list[Block]:
        m = self.m
        cards = ("fin.card_number", "confirmed") in m.categories or ("fin.card_number", "suspected") in m.categories
        card = self.say("card_count_open") if cards else self.say("card_none")
        blocks: list[Block] = [
            Field("people", self.say("people"), (self.short.people(),), missing=m.number("people") is None),
            Field("records", self.say("records"), (self.short.records(),)),
            Field(
                "cards",
                self.say("cards"),
                (Sentence(card, "not_known" if cards else "no_trace", ("coverage",)),),
                missing=cards,
            ),
        ]
        if said_before(m):
            blocks.append(history(m))
        return blocks

    def _cause(self) -> list[Block]:
        cause = CAUSES.get(self.m.cause, "")
        whose = "processor" if self.m.number("clients") else "self"
        return [
            self._choice("whose", whose if cause else "unknown", ("self", "processor", "unknown"), *self.m.because),
            self._choice("why", cause, CAUSE_OPTIONS, *self.state.cause().basis),
            Field(
                "cause_detail",
                self.say("cause_detail"),
                (self.state.cause(), *self.state.supports(), *self.state.contradicts()),
            ),
            Field("cause_open", self.say("cause_open"), self.state.unknowns()),
        ]

    def _damage(self) -> list[Block]:
        return [
            *self._entered("damage.status"),
            Field("damage_detail", self.say("damage_detail"), self.state.damage(), missing=not self.m.entry("damage.detail")),
        ]

    def _response(self) -> list[Block]:
        return self._entered("persons.status", "persons.detail", "persons.reason")

    def _publication(self) -> list[Block]:
        return self._entered("publication.status", "publication.date", "publication.method")

    def _prevention(self) -> list[Block]:
        m, blocks = self.m, self._entered("prevention.done", "prevention.planned")
        taken = [row for row in m.measures if row.get("state") in ("planned", "doing", "done")]
        return [*blocks, parts.measures(m, states=("planned", "doing", "done"))] if taken else blocks

    def _other(self) -> list[Block]:
        return [*self._entered("other.remarks"), *([self._survey_limits()] if self.final else [])]

    def _survey_limits(self) -> Field:
        m = self.m
        unseen = [m.words.said(w.get("what")) for w in view.listed(m.diagnosis.get("coverage") or {}, "not_looked_at")]
        said = self.say("limits", names=m.join(unseen)) if unseen else self.say("limits_none")
        return Field("limits", self.say("limits_label"), (Sentence(said, "stated", ("coverage",)),))


def said_before(matter: Matter, *, public: bool = False) -> tuple[Said, ...]:
    """Return the earlier numbers that are worth telling: announced ones, and for the house those of versions that differ."""
    now = {unit: matter.figures[unit].number for unit in ("people", "records") if unit in matter.figures}
    return tuple(
        said
        for said in matter.history
        if not said.where.startswith("version:")
        or (not public and said.unit in now and said.number != (now[said.unit].low, now[said.unit].best, now[said.unit].high))
    )


def history(matter: Matter, *, public: bool = False) -> Table:
    """Return the numbers said before, oldest first, and the present ones, so that no earlier figure is lost."""
    from kyumei.reports.figures import People, Records

    say, before = Phrases("ppc", matter.lang), said_before(matter, public=public)
    kinds = {"people": People, "records": Records}
    rows = [(s.on, say(f"unit_{s.unit}"), kinds[s.unit](*s.number).said(matter.words), where(s, say)) for s in before]
    present = [(unit, matter.number(unit)) for unit in ("people", "records")]
    rows += [(matter.on.isoformat(), say(f"unit_{unit}"), found[0], say("now")) for unit, found in present if found]
    rests = dict.fromkeys(s.where if ":" in s.where else f"announcement:{s.where}" for s in before)
    figures = [f"figure:{unit}" for unit, found in present if found]
    columns = (Column(say("time"), 2), Column(say("unit"), 2), Column(say("number"), 3), Column(say("where"), 3))
    return Table(columns, tuple(rows), (*rests, *figures), say("history"))


def where(said: Said, say: Phrases) -> str:
    """Return where a number was said."""
    kind, _, number = said.where.partition(":")
    return say("version", n=number) if kind == "version" else said.where
