"""A document as JSON: the sentences with their status and basis, the sources, and what made it."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from kyumei.model.text import visible
from kyumei.reports.legend import legend
from kyumei.reports.render.laid import meta

if TYPE_CHECKING:
    from kyumei.reports.document import Document
    from kyumei.reports.matter import Matter

_ODD: Final = re.compile("[^\n -~\u3000-\u9fff\uff00-\uff9d]")


def as_json(document: Document, matter: Matter) -> bytes:
    """Return the document as JSON, schema `kyumei.document/1`."""
    sources = [asdict(source) for source in legend(document, matter).values()]
    whole = document.as_json() | {"sources": sources, "made": meta(matter)}
    told = json.dumps(whole, ensure_ascii=False, indent=1)
    return (_ODD.sub(_escaped, told) + "\n").encode()


def _escaped(odd: re.Match[str]) -> str:
    """Return what is unseen as JSON's own escape, which a reader of JSON turns back: nothing is lost, nothing is obeyed."""
    return odd[0] if visible(odd[0]) == odd[0] else json.dumps(odd[0])[1:-1]
