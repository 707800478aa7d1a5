"""From an instant of awareness to due instants, with the arithmetic spelt out.

Days are counted in the rule's zone and end at 23:59:59 there; hours run from the instant itself. A day on which an
administration is closed counts, but a statutory period does not end on it (行政機関の休日に関する法律 Art. 2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from kyumei.duties.calendars import is_open, next_open
from kyumei.duties.conditions import deciding, truth
from kyumei.model.obligation import Deadline

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, tzinfo

    from kyumei.duties.facts import Facts
    from kyumei.duties.laws import DeadlineRule, Laws, Option, Rule
    from kyumei.duties.values import Instant
    from kyumei.model.obligation import Text

_JA: Final = "月火水木金土日"
_EN: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAY: Final = timedelta(days=1)
AT_ONCE: Final[Text] = {"ja": "速やかに(日数の定めなし)", "en": "At once; the law names no number of days."}


@dataclass(frozen=True, slots=True)
class _Counted:
    due: datetime
    target: datetime | None
    arithmetic: Text


def deadlines(rule: Rule, facts: Facts, laws: Laws) -> tuple[tuple[Deadline, ...], tuple[Text, ...]]:
    """Return the rule's deadlines and the notes on those that hang on an unknown fact."""
    found: list[Deadline] = []
    notes: list[Text] = []
    for deadline in rule.deadlines:
        needed = True if deadline.condition is None else truth(deadline.condition, facts)
        if needed is False:
            continue
        if needed is None and deadline.condition is not None:
            notes.append(_only_if(deadline, deciding(deadline.condition, facts)))
        dated, more = _one(deadline, rule, facts, laws)
        found.append(dated)
        notes += more
    return tuple(found), tuple(notes)


def _one(deadline: DeadlineRule, rule: Rule, facts: Facts, laws: Laws) -> tuple[Deadline, list[Text]]:
    notes = [deadline.note] if deadline.note is not None and deadline.options else []
    start = facts.instant(deadline.start)
    if not deadline.options:
        return Deadline(deadline.name, "", "", deadline.note or AT_ONCE, deadline.kind), notes
    options = _possible(deadline.options, facts)
    if start is None:
        return Deadline(deadline.name, "", "", _no_start(deadline, options, laws), deadline.kind), notes
    counted = [_count(option, start, rule.zone, laws) for option in options]
    first = min(counted, key=lambda each: each.due)
    if len(options) > 1:
        notes.append(_shortest(deadline.options, facts, first, counted))
    target = first.target.isoformat() if first.target else ""
    return Deadline(deadline.name, first.due.isoformat(), target, first.arithmetic, deadline.kind), notes


def _possible(options: Sequence[Option], facts: Facts) -> list[Option]:
    """Return the lengths that the facts leave possible, in the order of the rule."""
    found = []
    for option in options:
        holds = True if option.condition is None else truth(option.condition, facts)
        if holds is not False:
            found.append(option)
        if holds is True:
            break
    return found


# ---- counting


def _count(option: Option, start: Instant, zone: tzinfo | None, laws: Laws) -> _Counted:
    if option.unit == "hour":
        return _hours(option, start, laws)
    where = zone or start.at.tzinfo
    if option.unit == "business_day":
        return _business_days(option, start.day(zone), where)
    return _days(option, start.day(zone), where, laws)


def _days(option: Option, first: date, where: tzinfo | None, laws: Laws) -> _Counted:
    raw = _nth(first, option.amount, option)
    last = next_open(option.roll, raw) if option.roll else raw
    ja = f"{first} {'を' if option.included else 'の翌日を'}1日目として{option.amount}日目は {_ja(raw)}"
    en = f"Day 1 is {first if option.included else first + _DAY}; day {option.amount} is {_en(raw)}"
    if last != raw:
        closed = laws.calendars[option.roll]
        ja += f" → {closed['ja']}のため {_ja(last)}"
        en += f", a {closed['en']} → {_en(last)}"
    target = None if option.target is None else _end(_nth(first, option.target, option), where)
    return _Counted(_end(last, where), target, {"ja": ja, "en": en})


def _nth(first: date, number: int, option: Option) -> date:
    return first + (number - 1 if option.included else number) * _DAY


def _business_days(option: Option, first: date, where: tzinfo | None) -> _Counted:
    day, left = first, option.amount
    while left:
        day += _DAY
        left -= is_open(option.calendar, day)
    ja = f"{first} の翌営業日から数えて{option.amount}営業日目は {_ja(day)}"
    en = f"Business day {option.amount} after {first} is {_en(day)}"
    return _Counted(_end(day, where), None, {"ja": ja, "en": en})


def _hours(option: Option, start: Instant, laws: Laws) -> _Counted:
    due = start.at + timedelta(hours=option.amount)
    ja = f"{start.at.isoformat()} から{option.amount}時間後は {due.isoformat()}"
    en = f"{option.amount} hours after {start.at.isoformat()} is {due.isoformat()}"
    if start.whole_day:
        ja += "(時刻が不明のためその日の0時から数える)"
        en += " (the time of day is unknown: counted from midnight)"
    if option.roll and not is_open(option.roll, due.date()):
        ja, en = ja + _extension(option, due, laws, "ja"), en + _extension(option, due, laws, "en")
    return _Counted(due, None, {"ja": ja, "en": en})


def _extension(option: Option, due: datetime, laws: Laws, lang: str) -> str:
    """Return the words on Reg. (EEC, Euratom) 1182/71: Art. 3(4) moves no period that is expressed in hours."""
    later = _end(next_open(option.roll, due.date()), due.tzinfo).isoformat()
    closed = laws.calendars[option.roll][lang]
    if lang == "ja":
        return f"({closed}に終わる。規則1182/71が延ばすとしても {later} まで。3条4項は時間で定める期間を除くので当てにしない)"
    return f" (ends on a {closed}; Regulation 1182/71 would extend it to {later} at most, but Art. 3(4) leaves out hours)"


def _end(day: date, where: tzinfo | None) -> datetime:
    return datetime.combine(day, time(23, 59, 59), where)


# ---- words


def _ja(day: date) -> str:
    return f"{day}({_JA[day.weekday()]})"


def _en(day: date) -> str:
    return f"{day} ({_EN[day.weekday()]})"


def _length(option: Option, lang: str) -> str:
    ja, en = {"hour": ("時間", "hours"), "calendar_day": ("日", "days"), "business_day": ("営業日", "business days")}[
        option.unit
    ]
    return f"{option.amount}{ja}" if lang == "ja" else f"{option.amount} {en}"


def _no_start(deadline: DeadlineRule, options: Sequence[Option], laws: Laws) -> Text:
    label = laws.facts[deadline.start].label
    ja, en = (" / ".join(_length(option, lang) for option in options) for lang in ("ja", "en"))
    return {
        "ja": f"起算点「{label['ja']}」({deadline.start})が不明。そこから{ja}",
        "en": f"The start is unknown: {label['en']} ({deadline.start}); {en} from then",
    }


def _only_if(deadline: DeadlineRule, names: Sequence[str]) -> Text:
    listed = ", ".join(names)
    return {
        "ja": f"期限「{deadline.name['ja']}」の要否は {listed} による",
        "en": f"Whether the deadline “{deadline.name['en']}” is needed hangs on {listed}",
    }


def _shortest(options: Sequence[Option], facts: Facts, first: _Counted, counted: Sequence[_Counted]) -> Text:
    names = dict.fromkeys(n for o in options if o.condition is not None for n in deciding(o.condition, facts))
    listed, last = ", ".join(names), max(each.due for each in counted)
    return {
        "ja": f"{listed} が不明の間は短い方({first.due.date()})を作業期限とする。判明すれば {last.date()} になり得る",
        "en": f"While {listed} is unknown, work to the shorter deadline ({first.due.date()}); it may become {last.date()}",
    }
