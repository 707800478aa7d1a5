"""Request to delete, to each wrong recipient."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyumei.reports import parts, view
from kyumei.reports.document import Document, Section, Sentence, formula
from kyumei.reports.matter import Phrases
from kyumei.reports.registry import report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.reports.matter import Matter


@report(
    "deletion_request",
    title=("誤送信先への削除依頼", "Deletion request to wrong recipients"),
    formats=("docx", "pdf", "txt", "json"),
    audience="outside",
    when=lambda m: m.cause == "error.missent" and m.number("recipients") is not None,
)
def build(matter: Matter) -> Iterator[Document]:
    """Ask each recipient to delete, and to answer what decides whether it is a leak: opened, passed on, copied, deleted."""
    say = Phrases("documents/deletion_request", matter.lang)
    window = matter.leading.get("window") or {}
    files = [_base(str(o)) for o in view.listed(matter.leading.get("source") or {}, "objects")]
    what = Sentence(
        say("what", day=matter.instant(window.get("first")), files=matter.join(files) or say("a_file")),
        matter.certainty,
        matter.because,
    )
    asks = tuple(formula(say(f"ask_{n}")) for n in range(1, 5))
    answers = tuple(formula(say(f"answer_{n}")) for n in range(1, 7))
    people = [
        str(d) for d in view.listed(matter.leading, "destinations") if "@" in str(d)
    ]  # addresses of machines get no letter
    for n, recipient in enumerate(people, 1):
        sections = (
            Section(say("s_asks"), (parts.bullets(asks),)),
            Section(
                say("s_answers"),
                (
                    parts.paragraph(formula(say("reply", deadline=parts.told(matter, "deletion.deadline")))),
                    parts.bullets(answers),
                ),
            ),
            parts.contact(matter),
        )
        yield Document(
            "deletion_request",
            matter.lang,
            say("title"),
            sections,
            "outside",
            matter.status,
            key=f"{n:03d} {recipient}",
            top=parts.letterhead(matter, (recipient,)),
            lead=(parts.paragraph(formula(say("greeting")), what, formula(say("please"))),),
            merge=((say("recipient"), recipient),),
        )


def _base(path: str) -> str:
    return path.replace("!/", "/").rsplit("/", 1)[-1]
