"""The leak report to the Personal Information Protection Commission, field by field (規則8条1項1–9号, web form).

The nine items are those of Art. 8(1) of the Enforcement Rules. Their sub-fields follow form 1 (別記様式第一) from memory,
as the document says: compare with the form on the day of filing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.reports import parts, view
from kyumei.reports.document import Column, Document, Field, Section, Sentence, Table, Text, formula
from kyumei.reports.matter import Phrases, choices, labels
from kyumei.reports.narrowed import concerned
from kyumei.reports.statements import Statements

if TYPE_CHECKING:
    from kyumei.reports.document import Block, Sentences
    from kyumei.reports.matter import Matter, Said

CAUSES: Final = {
    "external.intrusion": "intrusion",
    "external.ransomware": "intrusion",
    "external.web_attack": "intrusion",
    "insider.takeout": "insider",
    "error.missent": "missent",
    "error.exposure": "other",
    "error.loss": "loss",
}
SORTS: Final = {"id.customer_no": "customers", "id.employee_no": "staff", "id.student_no": "other"}
ITEMS: Final = ("id.name", "id.dob", "id.sex", "id.address", "id.phone", "id.email", "auth.password", "fin.card_number")
RULE7: Final = ("1", "2", "3", "4")


def ppc(matter: Matter, *, final: bool) -> Document:
    """Return the preliminary or the final report."""
    return _Form(matter, final=final).document()


class _Form:
    def __init__(self, matter: Matter, *, final: bool) -> None:
        self.final = final
        self.duty = "jp.appi.ppc.final" if final else "jp.appi.ppc.prelim"
        self.whole, self.m = matter, concerned(matter, self.duty)
        self.say = Phrases("ppc", matter.lang)
        self.state, self.short = Statements(self.m), Statements(self.m, "short")
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
        """Return a choice of the form that the case itself makes."""
        shown = tuple((self.say(f"{key}_{o}"), o == chosen) for o in options)
        answer = (Sentence(self.say(f"{key}_{chosen}"), "stated", rests or self.form),)
        return Field(key, self.say(key), answer, options=shown)

    def _decided(self, key: str, *found: str, rests: tuple[str, ...] = (), note: Sentences = ()) -> Field:
        """Return a choice of the form: what a person chose, else what the evidence says; where they differ, both."""
        m, rests = self.m, rests or self.form
        names = {id_: name[m.lang] for id_, name in choices(key).items()}
        text, said = m.entry(key), m.choice(key)
        shown = ({said} if text else set(found)) - {""}
        seen = m.join([names[id_] for id_ in found if id_])
        answer: Sentences = (formula(self.say("open", key=key)),)
        if text:
            answer = (Sentence(text, "stated", m.entry_basis(key)),)
            if seen and {said} != set(found):
                answer += (Sentence(self.say("from_evidence", name=seen), "stated", rests),)
        elif shown:
            answer = tuple(Sentence(names[id_], "stated", rests) for id_ in names if id_ in shown)
        options = tuple((name, id_ in shown) for id_, name in names.items())
        return Field(key, labels()[key][m.lang], answer + note, options=options, missing=not (text or shown))

    def _entered(self, *keys: str) -> list[Block]:
        return [self.m.field(key, labels()[key][self.m.lang]) for key in keys]

    def _added(self, key: str) -> tuple[Sentence, ...]:
        """Return what a person added to what the evidence says, nothing where nobody did."""
        return (self.m.stated(key),) if self.m.entry(key) else ()

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
            Field("occurred", self.say("occurred"), self._occurred()),
            Field("noticed", self.say("noticed"), (self.short.aware(),)),
            self._decided("ppc.kind", kind, rests=m.because),
            self._rule7(),
            Field("parties", self.say("parties"), self._parties()),
            m.field("discovery.by", self.say("discoverer")),
            Field("course", self.say("course"), self._course()),
            self._timeline(),
            *self._entered("discovery.story", "survey.status"),
            *self._where("survey.detail", needed=not self._is("survey.status", "none", "considered")),
        ]

    def _occurred(self) -> Sentences:
        """Return when it happened: what a person said, and what the evidence shows."""
        window = self.short.window()
        if not (said := self._added("incident.occurred")):
            return (window,)
        return (*said, Sentence(self.say("from_evidence", name=window.text), window.status, window.basis))

    def _course(self) -> Sentences:
        state = self.state
        return (state.leak(), *state.access(), *state.supports(), *self._added("incident.course"))

    def _rule7(self) -> Field:
        m = self.m
        found = sorted({label for o in m.obligations(self.duty) for label in view.listed(o, "because")})
        hits = {n for n in RULE7 if any(self.say(f"rule7_{n}_mark") in label for label in found)}
        options = tuple((self.say(f"rule7_{n}"), n in hits) for n in RULE7)
        none = (self.say("rule7_none"), not hits and m.verdict(self.duty) == "does_not")
        rests = (f"law:{self.duty}",)
        answer = tuple(Sentence(label + self.say("stop"), m.certainty, rests) for label in found)
        return Field(
            "rule7",
            self.say("rule7"),
            answer or (self._rule7_open(),),
            options=(*options, none),
            missing=m.verdict(self.duty) == "undecided",
        )

    def _rule7_open(self) -> Sentence:
        """Return why no item is met yet: the facts on which it hangs, or that none is met."""
        m, rests = self.m, (f"law:{self.duty}",)
        if m.verdict(self.duty) == "does_not":
            return Sentence(self.say("rule7_not"), "stated", rests)
        open_ = [o for o in m.listed("obligations") if o.get("id") == self.duty and o.get("verdict") == "undecided"]
        facts = dict.fromkeys(str(f) for o in open_ for f in view.listed(o, "undecided_by"))
        return formula(self.say("rule7_open", facts=m.join([m.words.term("fact", f) for f in facts])))

    def _parties(self) -> tuple[Sentence, ...]:
        m = self.m
        roles = {str(h.get("role")) for h in m.listed("holdings")}
        said = []
        if "entrusted" in roles and (clients := m.number("clients")):
            said.append(Sentence(self.say("as_processor", clients=clients[0]), "stated", clients[1]))
        if self.m is not self.whole and (freed := self.whole.number("clients")) and "entrusted" not in roles:
            said.append(Sentence(self.say("freed", clients=freed[0]), "stated", (f"law:{self.duty}",)))
        if "own" in roles:
            said.append(Sentence(self.say("as_controller"), "stated", ("diagnosis:/holdings/*/role",)))
        return (*said, *self._added("ppc.parties")) or (self.m.field("ppc.parties", "").answer)

    def _timeline(self) -> Table:
        rows = tuple((time, text) for _, time, text, _ in self.state.events())
        rests = tuple(dict.fromkeys(b for *_, basis in self.state.events() for b in basis))
        return Table((Column(self.say("time"), 2), Column(self.say("event"), 6)), rows, rests, self.say("timeline"))

    def _items(self) -> list[Block]:
        m = self.m
        have = dict(m.categories)
        listed = tuple((m.category(i), i in have) for i in ITEMS)
        others = [m.category(c) for c, _ in m.categories if c not in ITEMS]
        return [
            self._decided("ppc.media", "electronic" if m.listed("evidence") else "", rests=("diagnosis:/evidence",)),
            self._decided(
                "ppc.sort",
                *dict.fromkeys(s for c, s in SORTS.items() if c in have),
                rests=("diagnosis:/holdings/*/categories",),
            ),
            Field(
                "items", self.say("items"), self.state.categories(), options=(*listed, (self.say("items_other"), bool(others)))
            ),
        ]

    def _persons(self) -> list[Block]:
        m = self.m
        cards = ("fin.card_number", "confirmed") in m.categories or ("fin.card_number", "suspected") in m.categories
        blocks: list[Block] = [
            Field("people", self.say("people"), (self.short.people(),), missing=m.number("people") is None),
            Field("records", self.say("records"), (self.short.records(),)),
            self._cards(found=cards),
        ]
        if said_before(m):
            blocks.append(history(m))
        return blocks

    def _cards(self, *, found: bool) -> Field:
        m, label = self.m, self.say("cards")
        if said := self._added("ppc.cards"):
            return Field("ppc.cards", label, said)
        if not found:
            return Field("ppc.cards", label, (Sentence(self.say("card_none"), "no_trace", ("coverage",)),))
        open_ = (Sentence(self.say("card_count_open"), "not_known", ("coverage",)), *m.field("ppc.cards", "").answer)
        return Field("ppc.cards", label, open_, missing=True)

    def _cause(self) -> list[Block]:
        cause = CAUSES.get(self.m.cause, "")
        clients = self.m.number("clients")
        note = (Sentence(self.say("processor_self"), "stated", clients[1]),) if clients else ()
        return [
            self._decided("ppc.whose", "self" if cause else "not_known", rests=self.m.because, note=note),
            self._decided("ppc.why", cause, rests=self.state.cause().basis),
            Field(
                "cause_detail",
                self.say("cause_detail"),
                (*self._added("cause.detail"), self.state.cause(), *self.state.supports(), *self.state.contradicts()),
            ),
            Field("cause_open", self.say("cause_open"), self.state.unknowns() or (formula(self.say("none")),)),
        ]

    def _damage(self) -> list[Block]:
        return [
            self._decided("damage.status", "" if self.m.entry("damage.detail") else "not_known", rests=("coverage",)),
            Field("damage.detail", self.say("damage_detail"), self.state.damage()),
        ]

    def _response(self) -> list[Block]:
        told = self.m.answered("persons.detail")
        status = self._decided("persons.status", "done" if told else "", rests=("answer:t.individuals_notified",))
        none = self._is("persons.status", "none")
        return [status, *self._entered("persons.detail"), *self._where("persons.reason", needed=none)]

    def _publication(self) -> list[Block]:
        needed = not self._is("publication.status", "none")
        dated = self._where("publication.date", needed=needed)
        return [*self._entered("publication.status"), *dated, *self._where("publication.method", needed=needed)]

    def _is(self, key: str, *ids: str) -> bool:
        return self.m.choice(key) in ids

    def _where(self, key: str, *, needed: bool) -> list[Block]:
        """Return a field that another one makes needless: then it says so instead of asking."""
        if needed or self.m.entry(key):
            return self._entered(key)
        return [Field(key, labels()[key][self.m.lang], (formula(self.say("needless")),))]

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
