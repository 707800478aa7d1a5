"""The facts of the incident that the law asks for, as far as the evidence decides them; what it does not is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kyumei.model.hypothesis import MEDIUM, Cause

if TYPE_CHECKING:
    from kyumei.diagnose.diagnose import Diagnosis
    from kyumei.diagnose.view import View
    from kyumei.model.hypothesis import Hypothesis

WRONGFUL: Final = {Cause.INTRUSION, Cause.RANSOMWARE, Cause.WEB_ATTACK, Cause.TAKEOUT}
REMARKS: Final = "備考|特記|メモ|所見|コメント|自由記述|摘要|note|remark|comment|memo|free.?text"


def facts(diagnosis: Diagnosis, view: View) -> dict[str, Any]:
    """Return dotted facts of the law file for the leading hypothesis.

    A fact is stated only where evidence carries it. "Not encrypted" and "not pseudonymised" are carried by the tables
    themselves: kyumei read names in them without a key. The categories are complete where every column of every table
    concerned was looked at, no record was lost, and none is a column of remarks, which can hold anything.
    """
    leading = diagnosis.leading
    if leading is None:
        return {}
    said: dict[str, Any] = {
        "event.kinds": ["leak", "damage", "unavailability"] if leading.cause is Cause.RANSOMWARE else ["leak"],
        "event.status": "confirmed" if diagnosis.status == "confirmed" else "suspected",
        "data.is_personal_database": True,
        "data.encryption.strong": False,
        "data.pseudonymised_jp": False,
        "data.categories_complete": _complete(view, leading),
    }
    rivals = [h for h in diagnosis.hypotheses if h is not leading and h.score >= MEDIUM and h.cause in WRONGFUL]
    if leading.cause in WRONGFUL:
        said["event.wrongful_purpose"] = True
    elif not rivals:
        said["event.wrongful_purpose"] = False
    if leading.cause is Cause.MISSENT and not rivals:
        said |= {"event.ransomware": False, "event.ddos": False, "event.internet_exposed": False}
    elif leading.cause is Cause.RANSOMWARE:
        said["event.ransomware"] = True
    elif not view.found("ransomware.signs") and view.store.rows("select 1 from events where source like 'windows.%' limit 1"):
        said["event.ransomware"] = False
    if leading.cause is Cause.MISSENT and view.found("mail.read_receipt"):
        said["event.recovered_before_viewing"] = False
    return said


def _complete(view: View, leading: Hypothesis) -> bool:
    """Return whether nothing in the tables concerned could hide a further category: no lost record, no column of remarks."""
    tables = sorted({t for e in leading.exposures for t in e.tables})
    faults = "select coalesce(sum(faults), 0) from tables where list_contains(?::varchar[], table_id)"
    remarks = (
        "select count(*) from columns where list_contains(?::varchar[], table_id) and category is null and filled > 0"
        " and regexp_matches(lower(name), ?)"
    )
    return not view.store.rows(faults, tables)[0][0] and not view.store.rows(remarks, tables, REMARKS)[0][0]
