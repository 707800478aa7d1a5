"""Event XML, as libevtx and Windows write it, to the nested object that `evtx` gives for the same record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET  # the name everybody knows

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    Node = dict[str, Any] | str | None


def event_of_xml(text: str) -> dict[str, Any]:
    """Return `{"Event": {…}}`; attributes under `#attributes`, text beside them under `#text`.

    Raises:
        ValueError: the text is not well-formed or is no event.
    """
    if "<!DOCTYPE" in text:
        msg = "event XML with a document type"
        raise ValueError(msg)
    try:
        root = ET.fromstring(text.rstrip("\0\n "))  # noqa: S314  # expat, and no entity can be declared
    except ET.ParseError as bad:
        msg = "event XML is not well-formed"
        raise ValueError(msg) from bad
    if _local(root.tag) != "Event":
        msg = "event XML without Event"
        raise ValueError(msg)
    return {"Event": _node(root)}


def _node(element: Element) -> Node:
    attributes = {_local(k): v for k, v in element.attrib.items()}
    children: dict[str, Any] = {}
    loose: list[str | None] = []
    for child in element:
        name = _local(child.tag)
        if name == "Data" and _local(element.tag) == "EventData":
            if "Name" in child.attrib:
                children[_free(child.attrib["Name"], children)] = child.text
            else:
                loose.append(child.text)
        else:
            children[_free(name, children)] = _node(child)
    if loose:
        children["Data"] = {"#text": loose}
    text = (element.text or "").strip() if children else element.text
    if not attributes and not children:
        return text or None
    return ({"#attributes": attributes} if attributes else {}) | children | ({"#text": text} if text else {})


def _free(name: str, taken: dict[str, Any]) -> str:
    """Return the name, or the name with `_1`, `_2`, … as `evtx` writes it when it comes again."""
    if name not in taken:
        return name
    n = 1
    while f"{name}_{n}" in taken:
        n += 1
    return f"{name}_{n}"


def _local(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]
