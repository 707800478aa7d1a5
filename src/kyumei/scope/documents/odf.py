"""OpenDocument text, sheets and presentations: `document.odf`. Body, annotations, tracked changes, headers, properties."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyumei.model.source import CERTAIN
from kyumei.scope.documents.package import Package, lists, properties
from kyumei.scope.documents.registry import Part, document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.model.source import Source
    from kyumei.scope.documents.registry import Opened


def _accepts(source: Source) -> int:
    return CERTAIN if lists(source, b"mimetypeapplication/vnd.oasis.opendocument") else 0


@document("document.odf", accepts=_accepts, title="OpenDocument", spec="ISO/IEC 26300-1")
def odf(opened: Opened) -> Iterator[Part]:
    """Yield content and styles (headers, footers) as lines, and the properties."""
    package = Package(opened)
    for name in package.names:
        if name.rsplit("/", 1)[-1] in {"content.xml", "styles.xml"}:
            yield Part(name, _text(package, name))
    said = properties(package, ("meta.xml",))
    if said:
        yield Part("properties", said)


def _text(package: Package, name: str) -> str:
    """Return all text of paragraphs, with what stands between their spans."""
    found: list[str] = []
    for event, tag, element in package.elements(name):
        if event == "end" and tag in {"p", "h"}:
            found += ["".join(element.itertext()), "\n"]
        elif event == "end" and tag == "table-cell":
            if found and found[-1] == "\n":
                found.pop()
            found.append("\t")
        elif event == "end" and tag == "table-row":
            found.append("\n")
    return "".join(found)
