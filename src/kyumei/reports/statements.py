"""The sentences that many documents share, each worded by the status of its fact: 確認 · おそれ · 痕跡は確認されていない."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from kyumei.reports import view
from kyumei.reports.document import Sentence
from kyumei.reports.matter import Phrases, basis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyumei.reports.document import Status
    from kyumei.reports.matter import Matter

Tone = Literal["plain", "polite", "short"]
_ACCESS: Final[dict[str, Status]] = {"taken": "confirmed", "accessed": "confirmed", "exposed": "no_trace"}
_SHOWN: Final = 12
_NAMED: Final = 3


class Statements:
    """Sentences about one case in one tone; English differs in a few places.

    Args:
        tone: plain (である) for reports, polite (です・ます) for letters, short (the bare value) for fields of a form.
    """

    def __init__(self, matter: Matter, tone: Tone = "plain") -> None:
        self._matter = matter
        self._say = Phrases("statements", matter.lang)
        self._tone = tone

    def _said(self, key: str, **values: object) -> str:
        toned = f"{key}.{self._tone}"
        return self._say(toned if self._say.has(toned) else key, **values)

    def leak(self) -> Sentence:
        """Return whether data leaked, in the word of the status."""
        m = self._matter
        return Sentence(self._said(f"leak_{m.status}"), m.certainty, m.because)

    def cause(self) -> Sentence:
        """Return the cause that the evidence points to and how likely it is; never as a certainty."""
        m = self._matter
        if not m.leading:
            return Sentence(self._said("cause_unknown"), "not_known", ("coverage",))
        rests = basis([f for s in view.listed(m.leading, "supports") for f in view.listed(s, "findings")])
        likely = m.words.term("likelihood", m.leading.get("likelihood"))
        text = self._said("cause", cause=m.words.term("cause", m.cause), likelihood=likely)
        return Sentence(text, "suspected", tuple(dict.fromkeys(rests)) or m.because)

    def supports(self) -> tuple[Sentence, ...]:
        """Return the observations behind the cause, as the diagnosis words them."""
        m = self._matter
        return tuple(self.statement(s, "confirmed") for s in view.listed(m.leading, "supports"))

    def contradicts(self) -> tuple[Sentence, ...]:
        """Return what speaks against the cause."""
        return tuple(self.statement(s, "confirmed") for s in view.listed(self._matter.leading, "contradicts"))

    def unknowns(self) -> tuple[Sentence, ...]:
        """Return what is not known yet."""
        return tuple(self.statement(s, "not_known") for s in self._matter.listed("unknowns"))

    def statement(self, statement: object, status: Status) -> Sentence:
        """Return a statement of the diagnosis as a sentence."""
        of = statement if isinstance(statement, dict) else {}
        rests = () if of.get("assumed") else basis(view.listed(of, "findings"))
        return Sentence(self._full(self._matter.words.said(of.get("text"))), status, rests)

    def _full(self, text: str) -> str:
        end = "。" if self._matter.lang == "ja" else "."
        return text if text.endswith(("。", ".", "?", "?", "か")) else text + end

    def window(self) -> Sentence:
        """Return when it happened."""
        m = self._matter
        window = m.leading.get("window") or {}
        first, last = window.get("first"), window.get("last")
        if not first:
            return Sentence(self._said("window_unknown"), "not_known", ("coverage",))
        one, two = m.day(first), m.day(last) if last else ""
        key = "window_day" if one == two or not two else "window"
        return Sentence(
            self._said(key, first=one, last=two), "suspected" if m.status == "suspected" else m.certainty, m.because
        )

    def route(self) -> Sentence:
        """Return whose account, by which ways, and where to; what the evidence does not tell is said to be unknown."""
        m = self._matter
        accounts = [str(a.get("account")) for a in view.listed(m.leading, "actors") if a.get("account")]
        ways = [m.words.way(w) for key in ("access_means", "channels") for w in view.listed(m.leading, key)]
        to = [str(d) for d in view.listed(m.leading, "destinations")]
        if not (accounts or ways or to):
            return Sentence(self._said("route_unknown"), "not_known", ("coverage",))
        text = self._said("route", accounts=self._few(accounts), ways=self._few(ways), to=self._few(to))
        return Sentence(text, "suspected", m.because)

    def _few(self, items: Sequence[str]) -> str:
        """Return the first few and how many more there are."""
        m, once = self._matter, list(dict.fromkeys(items))
        if not once:
            return m.words("not_known")
        more = f" {m.words('others', n=len(once) - _NAMED)}" if len(once) > _NAMED else ""
        return m.join(once[:_NAMED]) + more

    def people(self, id_: str = "people") -> Sentence:
        """Return how many persons are concerned."""
        found = self._matter.number(id_)
        if found is None:
            return Sentence(self._said("people_unknown"), "not_known", ("coverage",))
        return Sentence(self._said("people", people=found[0]), self._matter.certainty, found[1])

    def records(self, id_: str = "records") -> Sentence:
        """Return how many records are concerned."""
        found = self._matter.number(id_)
        if found is None:
            return Sentence(self._said("records_unknown"), "not_known", ("coverage",))
        return Sentence(self._said("records", records=found[0]), self._matter.certainty, found[1])

    def method(self) -> Sentence:
        """Return how the people were counted."""
        figure = self._matter.figures.get("people")
        if figure is None:
            return Sentence(self._said("people_unknown"), "not_known", ("coverage",))
        text = self._said("method", method=self._matter.words.term("method", figure.method))
        return Sentence(text, "stated", ("figure:people",))

    def access(self) -> tuple[Sentence, ...]:
        """Return how far the data was reached: one sentence for each degree."""
        return self.access_of([a for a, _ in view.reached(self._matter.diagnosis)])

    def access_of(self, reached: Sequence[str]) -> tuple[Sentence, ...]:
        """Return one sentence for each of these degrees of access."""
        return tuple(Sentence(self._said(f"access_{a}"), _ACCESS[a], self._matter.because) for a in reached)

    def categories(self) -> tuple[Sentence, ...]:
        """Return the kinds of data, those confirmed apart from those suspected."""
        m = self._matter
        listed = []
        for status in ("confirmed", "suspected"):
            ids = [c for c, s in m.categories if s == status]
            if ids:
                text = self._said(f"categories_{status}", names=m.kinds(ids))
                listed.append(Sentence(text, status, ("diagnosis:/holdings/*/categories",)))
        return tuple(listed) or (Sentence(self._said("categories_unknown"), "not_known", ("coverage",)),)

    def damage(self) -> tuple[Sentence, ...]:
        """Return what is known of secondary damage: what was entered, else that the evidence does not tell."""
        m = self._matter
        if m.entry("damage.detail"):
            return (m.stated("damage.detail"),)
        return (Sentence(self._said("damage_unknown"), "not_known", ("coverage",)),)

    def aware(self) -> Sentence:
        """Return when it became known; several candidates side by side."""
        m = self._matter
        if not m.aware:
            return Sentence(self._said("aware_unknown"), "not_known", ("diagnosis:/case/aware",))
        days = m.join([m.day(a) if self._tone == "polite" else m.instant(a) for a in m.aware])
        text = self._said("aware" if len(m.aware) == 1 else "awares", days=days)
        blank = len(m.aware) > 1 and self._tone == "polite"
        return Sentence(text, "formula" if blank else "stated", ("diagnosis:/case/aware",))

    def events(self) -> list[tuple[str, str, str, tuple[str, ...]]]:
        """Return the timeline: sort key, time, what happened, basis; the gravest findings and the instants of awareness."""
        m = self._matter
        rows = [(str(a), m.time(a), self._said("became_known"), ("diagnosis:/case/aware",)) for a in m.aware]
        supporting = {f for s in view.listed(m.leading, "supports") for f in view.listed(s, "findings")}
        grave = [f for f in m.listed("findings") if f.get("start") and (f["id"] in supporting or f.get("level") in GRAVE)]
        rows += [
            (str(f["start"]), m.time(f["start"]), m.words.said(f.get("title")), (f"finding:{f['id']}",)) for f in grave[:_SHOWN]
        ]
        for act in m.filed:
            text = self._said("filed", title=act.get("title", act.get("name")), receipt=act.get("receipt") or "-")
            rows.append((str(act.get("on")), str(act.get("on")), text, (f"filing:{act.get('name')}",)))
        return sorted(rows)


GRAVE: Final = ("critical", "high", "medium")
