"""The law files: each rule sound, and each mistake named with its file and line."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from kyumei.duties.calendars import CALENDARS
from kyumei.duties.load import facts_used, load, shipped
from kyumei.errors import UserError
from kyumei.model.categories import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LAWS = shipped()
SHARED_IDS = frozenset(
    """jp.appi.ppc.prelim jp.appi.ppc.final jp.appi.person jp.appi.processor_to_client jp.appi.public_body
    jp.mynumber.ppc jp.fsa.customer jp.telecom.secrecy jp.telecom.designated jp.pmark jp.card.acquirer jp.police
    jp.nco.common_form jp.cyber_response_act jp.tse eu.gdpr.33 eu.gdpr.33.2 eu.gdpr.34 uk.gdpr.33 kr.pipa.person
    kr.pipa.possible kr.pipa.report sg.pdpa.pdpc au.ndb cn.pipl.57 cn.incident.report in.dpdp tw.pdpa hk.voluntary
    us.hipaa.individual us.hipaa.hhs us.ca.1798_82 us.ca.ag us.ny.899aa us.sec.8k""".split()  # noqa: SIM905
)


@pytest.fixture
def edited(tmp_path: Path) -> Callable[[str, str, str], Path]:
    """Return a function that copies the shipped files with one piece of text replaced."""

    def edit(name: str, old: str, new: str) -> Path:
        for entry in (files("kyumei.duties") / "laws").iterdir():
            text = entry.read_text("utf-8")
            if entry.name == name:
                assert old in text
                text = text.replace(old, new, 1)
            (tmp_path / entry.name).write_text(text, "utf-8")
        return tmp_path

    return edit


def test_every_rule_of_the_reviewed_draft_is_there() -> None:
    assert set(LAWS.ids()) >= SHARED_IDS


def test_japan_comes_first_and_versions_of_a_rule_follow_each_other() -> None:
    assert LAWS.ids()[:3] == ("jp.appi.ppc.prelim", "jp.appi.ppc.final", "jp.appi.person")
    assert [(rule.since, rule.until) for rule in LAWS.versions("jp.appi.ppc.final")] == [
        (date(2022, 4, 1), date(2024, 4, 1)),
        (date(2024, 4, 1), None),
    ]


def test_every_fact_used_is_declared_and_every_source_cited_exists() -> None:
    for rule in LAWS.rules:
        assert all(LAWS.fact(name) is not None for name in facts_used(rule)), rule.where
        assert set(rule.sources) <= LAWS.sources.keys(), rule.where


def test_what_has_no_source_says_that_it_is_from_memory() -> None:
    assert {rule.basis_level for rule in LAWS.rules if not rule.sources} == {"memory"}


def test_no_rule_is_surer_than_its_best_source() -> None:
    order = ("memory", "secondary", "primary")
    for rule in LAWS.rules:
        best = max((order.index(str(LAWS.sources[name]["level"])) for name in rule.sources), default=0)
        assert order.index(rule.basis_level) <= best, rule.where


def test_category_sets_name_known_categories() -> None:
    assert frozenset().union(*LAWS.category_sets.values()) <= CATEGORIES.keys()


def test_every_calendar_of_the_code_is_described() -> None:
    assert LAWS.calendars.keys() == CALENDARS.keys()


def test_sensitive_categories_alone_trigger_without_a_threshold() -> None:
    assert LAWS.category_sets["jp_youhairyo"] == {
        "sens.race",
        "sens.creed",
        "sens.social_status",
        "sens.health",
        "sens.criminal",
    }


def test_digest_changes_with_the_text(edited: Callable[[str, str, str], Path]) -> None:
    assert load(edited("us.yaml", "# United States.", "# USA.")).digest != LAWS.digest
    assert len(LAWS.digest) == 64


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("us.yaml", "duty: mandatory", "duty: must", r"us\.yaml:\d+: us\.hipaa\.individual: duty must is not one of"),
        ("us.yaml", "basis_level: primary", "basis_level: sure", r"basis_level sure is not one of"),
        ("us.yaml", "law: hipaa", "law: hippa", r"law hippa is not one of"),
        ("us.yaml", "sources: [src.hipaa]", "sources: [src.hippa]", r"source src\.hippa is not in sources\.yaml"),
        ("us.yaml", "fact: risk.material_us", "fact: risk.material", r"us\.yaml:\d+: fact risk\.material is not declared"),
        ("us.yaml", "value: listed_us", "value: listed", r"org\.sectors cannot be listed"),
        ("us.yaml", "value_set: us_state_pi_common", "value_set: us_pi", r"category set us_pi is not declared"),
        ("us.yaml", 'op: ">=", value: 500', "op: contains, value: 500", r"operator contains does not go with persons\.total"),
        ("us.yaml", "start: t.discovered", "start: t.found", r"start t\.found is no declared instant"),
        ("us.yaml", "kind: statutory", "kind: law", r"kind law is not one of"),
        ("us.yaml", "unit: calendar_day, first_day: excluded", "unit: calendar_day", r"must say first_day"),
        ("us.yaml", "unit: calendar_day", "unit: day", r"amount 60 and target must be numbers, unit one of"),
        ("us.yaml", "calendar: us_federal", "calendar: us", r"us is no calendar"),
        ("us.yaml", "  effective: {from: 2026-01-01}", "  effective: {from: soon}", r"from must be a date"),
        (
            "us.yaml",
            "title: {ja: 個人への通知, en: Individual notice}",
            "title: {ja: 個人への通知}",
            r"words must be given in ja and en",
        ),
        ("us.yaml", "  when: {all:", "  when: {every:", r"exactly one of all, any, not, fact"),
        ("us.yaml", "  exempt_when: *encrypted", "  exempt_when: never", r"a condition must be a mapping"),
        ("us.yaml", "  exempt_when: *encrypted", "  exempt_when: {any: []}", r"any is empty"),
        ("us.yaml", "  to: {ja: SEC, en: SEC}", "  too: {ja: SEC, en: SEC}", r"us\.sec\.8k: lacks to"),
        ("us.yaml", "  to: {ja: SEC, en: SEC}", "  to: {ja: SEC, en: SEC}\n  by: now", r"does not know by"),
        ("jp.yaml", "zone: Asia/Tokyo", "zone: Asia/Edo", r"zone Asia/Edo is not declared"),
        ("jp.yaml", "form: form.jp_ppc", "form: form.ppc", r"form form\.ppc is not in forms\.yaml"),
        ("jp.yaml", "fan_out: persons.by_client", "fan_out: persons.total", r"fan_out needs a declared map"),
        (
            "jp.yaml",
            "  effective: {from: 2024-04-01}",
            "  effective: {from: 2023-04-01}",
            r"are in force at once \(see jp\.yaml:\d+\)",
        ),
        ("jp.yaml", "value: [leak, loss, damage]", "value: [leek]", r"event\.kinds cannot be leek"),
        (
            "jp.yaml",
            'fact: role, op: "==", value: processor',
            'fact: role, op: "==", value: processer',
            r"role cannot be processer",
        ),
        ("facts.yaml", "event.ransomware: {type: tri", "event.ransomware: {type: three", r"three is no type of fact"),
        ("facts.yaml", "  aware: t.aware", "  aware: t.awake", r"shorthand aware stands for t\.awake"),
        ("categories.yaml", "sens.race", "sens.rice", r"sens\.rice is no category"),
        ("calendars.yaml", "  us_federal:", "  us_feral:", r"calendars differ from the code's: us_federal, us_feral"),
        ("apac.yaml", "order: 3", "order: 3\norder: 4", r"apac\.yaml:3: order stands twice"),
        ("apac.yaml", "order: 3", "- a", r"apac\.yaml:\d+: "),
        ("sources.yaml", "sources:", "origins:", r"source src\.\w+ is not in sources\.yaml"),
    ],
)
def test_mistake_is_named_with_its_place(
    edited: Callable[[str, str, str], Path], name: str, old: str, new: str, message: str
) -> None:
    with pytest.raises(UserError, match=message):
        load(edited(name, old, new))


def test_missing_file_is_named(edited: Callable[[str, str, str], Path]) -> None:
    folder = edited("us.yaml", "", "")
    (folder / "forms.yaml").unlink()
    with pytest.raises(UserError, match=r"forms\.yaml is missing"):
        load(folder)


def test_rule_added_in_a_file_of_its_own_is_judged_too(edited: Callable[[str, str, str], Path]) -> None:
    folder = edited("us.yaml", "", "")
    (folder / "house.yaml").write_text(
        "order: 9\nlaws: {house: {ja: 社内規程, en: House rules}}\nrules:\n"
        "- {id: house.ciso, law: house, title: {ja: 報告, en: Report}, article: '1', basis_level: memory, sources: [],\n"
        "   duty: contract, when: {fact: persons.total, op: '>', value: 0}, deadlines: [], to: {ja: CISO, en: CISO}}\n",
        "utf-8",
    )
    assert load(folder).ids()[-1] == "house.ciso"
