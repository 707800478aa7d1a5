"""Quiz of ten questions drawn from cause, kinds of data and duties of the case: a sheet to answer, and the answers."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kyumei.reports import parts
from kyumei.reports.document import Document, Field, Section, Sentence, formula
from kyumei.reports.documents.training_course import cause
from kyumei.reports.documents.victim_support import concerned
from kyumei.reports.matter import Phrases
from kyumei.reports.registry import report

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kyumei.reports.matter import Matter

SIZE: Final = 10
QUOTA: Final = (("cause", 3), ("data", 2), ("duty", 2), ("always", SIZE))
"""How many questions of each kind are taken before the next kind has its turn; what is missing is filled from the last."""


@report(
    "training_quiz",
    title=("確認テスト(10問・解答と解説つき)", "Quiz (ten questions, with answers)"),
    formats=("docx", "pdf", "xlsx", "json"),
    audience="outside",
    when=lambda m: bool(m.leading),
)
def build(matter: Matter) -> Iterator[Document]:
    """Ask ten questions that fit the case, always the same for the same case, and explain each answer with its ground."""
    say, asked = Phrases("documents/training_quiz", matter.lang), chosen(matter)
    for key in ("questions", "answers"):
        fields = tuple(_field(matter, say, n, of, solved=key == "answers") for n, of in enumerate(asked))
        lead = (parts.paragraph(formula(say(f"lead_{key}"))),)
        sections = (Section(say("s_questions"), fields), Section(say("s_score"), (parts.paragraph(formula(say("score"))),)))
        about = ((say("name"), "                    "), (say("day"), "                    ")) if key == "questions" else ()
        yield Document(
            "training_quiz",
            matter.lang,
            say(f"title_{key}"),
            sections,
            "outside",
            matter.status,
            key=key,
            lead=lead,
            about=about,
        )


def chosen(matter: Matter) -> list[Mapping[str, Any]]:
    """Return ten questions in the order of the file: so many of each kind as `QUOTA` says, filled up with general ones."""
    fitting = [q for q in questions() if _fits(q, matter)]
    taken: list[Mapping[str, Any]] = []
    for kind, most in QUOTA:
        of_kind = [q for q in fitting if q["kind"] == kind]
        taken += of_kind[: min(most, SIZE - len(taken))]
    return sorted(taken, key=questions().index)


def _fits(question: Mapping[str, Any], matter: Matter) -> bool:
    when = question.get("when", "")
    match question["kind"]:
        case "cause":
            return bool(when == cause(matter))
        case "data":
            return when in concerned(matter)
        case "duty":
            return matter.verdict(when) != "does_not"
    return True


def _field(matter: Matter, say: Phrases, n: int, of: Mapping[str, Any], *, solved: bool) -> Field:
    said: Mapping[str, Any] = of[matter.lang]
    options = tuple((f"{mark}. {text}", solved and right) for mark, (text, right) in zip("ABCD", _order(said, n), strict=True))
    why: tuple[Sentence, ...] = (Sentence(said["why"], "stated", (of["basis"],)),) if solved else ()
    return Field(of["id"], say("question", n=n + 1, text=said["ask"]), why, options=options)


def _order(said: Mapping[str, Any], n: int) -> Sequence[tuple[str, bool]]:
    """Return the options, the right one at a place that follows from the number of the question."""
    wrong = [(text, False) for text in said["wrong"]]
    at = (n * 3 + 1) % (len(wrong) + 1)
    return (*wrong[:at], (said["right"], True), *wrong[at:])


@cache
def questions() -> list[Mapping[str, Any]]:
    """Return all questions there are."""
    text = Path(__file__).with_name("training_quiz.questions.toml").read_text("utf-8")
    found: list[Mapping[str, Any]] = tomllib.loads(text)["questions"]
    return found
