"""Reports: functions that turn a case into documents or lists, and the registry that finds them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypedDict, Unpack

from kyumei.plugins import Registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from kyumei.reports.document import Audience, Document
    from kyumei.reports.matter import Matter

    Build = Callable[[Matter], Iterator[Document]]

Format = Literal["pdf", "docx", "xlsx", "json", "txt"]
FORMATS: tuple[Format, ...] = ("pdf", "docx", "xlsx", "json", "txt")


@dataclass(frozen=True, slots=True)
class Report:
    """A report and what it states about itself.

    Attributes:
        name: lower case with `_`; also the stem of its files.
        build: see `report`.
        title: in `ja` and `en`.
        formats: those it is usually made in; the others may be asked for.
        audience: whether it leaves the organisation.
        when: says whether the case needs it; asked only where no report was named.
        persons: the list of affected persons lies beside it.
        fulfils: ids of the rules whose duty is done once it is filed.
    """

    name: str
    build: Build
    title: Mapping[str, str]
    formats: tuple[Format, ...]
    audience: Audience
    when: Callable[[Matter], bool]
    persons: bool = False
    fulfils: tuple[str, ...] = ()

    @property
    def about(self) -> str:
        """Return the first paragraph of the function's docstring."""
        return " ".join((self.build.__doc__ or "").split("\n\n", 1)[0].split())


REPORTS: Registry[Report] = Registry("reports", "kyumei.reports.documents")


class More(TypedDict, total=False):
    """What few reports have: see `Report`."""

    persons: bool
    fulfils: tuple[str, ...]


def report(
    name: str,
    *,
    title: tuple[str, str],
    formats: Iterable[Format] = ("pdf", "docx", "json"),
    audience: Audience = "inside",
    when: Callable[[Matter], bool] = lambda _: True,
    **more: Unpack[More],
) -> Callable[[Build], Build]:
    """Register the decorated generator as a report.

    It yields documents in an order of their own, reads no clock and no file, and takes every number from the figures of the
    case.

    Args:
        name: lower case with `_`.
        title: in Japanese, in English.
        formats: those it is usually made in.
        audience: whether it leaves the organisation.
        when: whether a case needs it.
        more: see `More`.
    """

    def register(build: Build) -> Build:
        words = {"ja": title[0], "en": title[1]}
        REPORTS.add(Report(name, build, words, tuple(formats), audience, when, **more))
        return build

    return register
