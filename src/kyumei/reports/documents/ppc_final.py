"""Final report (確報) to the Personal Information Protection Commission."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyumei.reports.ppc import ppc
from kyumei.reports.registry import report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.reports.document import Document
    from kyumei.reports.matter import Matter


@report(
    "ppc_final",
    title=("個人情報保護委員会への報告(確報)", "Final report to the Personal Information Protection Commission"),
    formats=("txt", "pdf", "json"),
    when=lambda m: m.verdict("jp.appi.ppc.final") != "does_not",
    fulfils=("jp.appi.ppc.final",),
)
def build(matter: Matter) -> Iterator[Document]:
    """Fill the fields of the web form (規則8条1項1–9号) with all nine items, as text to copy and as PDF to sign off.

    Law: APPI Art. 26(1), Enforcement Rules Art. 8(2); what stays unknown despite reasonable efforts is completed later.
    """
    yield ppc(matter, final=True)
