from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
import yaml

from kyumei.detect.sigma import logsource, packs
from kyumei.detect.sigma.logsource import resolve
from kyumei.detect.sigma.rule import LogSource, Rule
from kyumei.readers.registry import READERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

TO_COME = {
    "cloud.bitbucket", "cloud.duo", "cloud.entra_audit", "network.cisco", "network.dns",
    "network.huawei", "network.zscaler", "web.apache", "web.error",
    "web.nginx", "web.proxy",
}  # fmt: skip
"""Names that the mapping uses and that readers still to be written are to have."""
FAMILIES = {"cloud", "database", "endpoint", "linux", "macos", "network", "web", "windows"}
WITHOUT = {
    "product django, category application", "product jvm, category application", "product nodejs, category application",
    "product opencanary, category application", "product python, category application",
    "product ruby_on_rails, category application", "product spring, category application",
    "product sql, category application", "product velocity, category application",
}  # fmt: skip
"""Log sources of the public packs that no reader makes events of; whoever maps one takes it out of this list."""


def _data() -> Any:
    return yaml.safe_load((packs.OWN_RULES.parent / "sigma" / "logsources.yaml").read_text("utf-8"))


def _reads() -> Iterator[tuple[dict[str, str], dict[str, Any]]]:
    for entry in _data()["sources"]:
        for read in entry["reads"]:
            yield entry["when"], read


def test_every_source_that_is_named_is_a_reader_or_one_to_come() -> None:
    known = {reader.name for reader in READERS.all()}
    named = {source for _, read in _reads() for source in read.get("sources", ())}
    exact = {name for name in named if "*" not in name}
    assert exact - known == TO_COME
    assert {name.split(".")[0] for name in named} <= FAMILIES


def test_no_log_source_is_mapped_twice() -> None:
    whens = Counter(tuple(sorted(entry["when"].items())) for entry in _data()["sources"])
    assert [when for when, n in whens.items() if n > 1] == []


def test_every_read_says_where_it_reads() -> None:
    assert [when for when, read in _reads() if not (read.get("channels") or read.get("sources"))] == []
    assert [when for when, read in _reads() if set(read) - {"channels", "ids", "sources", "where", "fields"}] == []


@pytest.mark.parametrize(
    "said",
    [
        LogSource("process_creation", "windows"),
        LogSource("ps_script", "windows", "powershell"),
        LogSource("antivirus", "windows", "windefend"),
        LogSource(None, "cisco", "aaa"),
        LogSource(None, "m365", "threat_management"),
        LogSource("file_event", "paloalto", "globalprotect"),
        LogSource("webserver"),
        LogSource(None, None, "apache"),
        LogSource(None, "windows"),
    ],
    ids=str,
)
def test_these_log_sources_have_events(said: LogSource) -> None:
    found = resolve(said)
    assert found.reads
    assert not found.why


@pytest.mark.parametrize(
    "said", [LogSource(None, "windows", "no-such-service"), LogSource("no_such", "linux"), LogSource(None, "beos")], ids=str
)
def test_an_unknown_service_is_not_run_over_everything_of_its_product(said: LogSource) -> None:
    found = resolve(said)
    assert not found.reads
    assert str(said) in found.why


def test_a_category_counts_before_the_service_that_a_rule_names_too() -> None:
    assert resolve(LogSource("ps_module", "windows", "powershell")) == resolve(LogSource("ps_module", "windows"))


@pytest.mark.slow
@pytest.mark.parametrize("archive", ["rules_sigma.tar.xz", "rules_hayabusa.tar.xz"])
def test_every_log_source_of_the_public_packs_is_mapped_or_listed_without_reader(
    tmp_path: Path, shared_data: Path, archive: str
) -> None:
    pack = packs.add(tmp_path, shared_data / archive)
    rules = [rule for rule in packs.load(tmp_path, [pack.name])[0] if isinstance(rule, Rule)]
    unread = Counter(str(rule.logsource) for rule in rules if not resolve(rule.logsource).reads)
    print(*(f"{n:>5} rules without a reader: {said}" for said, n in sorted(unread.items())), sep="\n")  # noqa: T201
    assert set(unread) <= WITHOUT
    assert "sigma" not in archive or "hayabusa" in archive or set(unread) == WITHOUT


def test_our_own_rules_all_have_events(tmp_path: Path) -> None:
    rules, _ = packs.load(tmp_path, [packs.OWN])
    assert [rule.title for rule in rules if isinstance(rule, Rule) and not resolve(rule.logsource).reads] == []


def test_the_loader_tells_of_an_entry_that_is_not_of_its_form() -> None:
    from kyumei.errors import UserError

    with pytest.raises(UserError, match="not as its head describes"):
        logsource.loaded({"sources": [{"reads": []}]})
