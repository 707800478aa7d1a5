"""Preliminary report (速報) to the Personal Information Protection Commission."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyumei.reports.ppc import ppc
from kyumei.reports.registry import report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.reports.document import Document
    from kyumei.reports.matter import Matter


@report(
    "ppc_preliminary",
    title=("個人情報保護委員会への報告(速報)", "Preliminary report to the Personal Information Protection Commission"),
    formats=("txt", "pdf", "json"),
    when=lambda m: m.verdict("jp.appi.ppc.prelim") != "does_not",
    fulfils=("jp.appi.ppc.prelim",),
)
def build(matter: Matter) -> Iterator[Document]:
    """Fill the fields of the web form (規則8条1項1–9号) as far as they are known, as text to copy and as PDF to sign off.

    Law: APPI Art. 26(1), Enforcement Rules Art. 8(1); only what is known by then is reported.
    """
    yield ppc(matter, final=False)
