from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kyumei.reports.path import KINDS, PER_COLUMN, columns_of, crossings, drawn, layout, shortened
from tests.reports import samples

NODES = [f"n{i}" for i in range(20)]
PATHS = st.fixed_dictionaries(
    {
        "nodes": st.lists(st.sampled_from(NODES), unique=True).flatmap(
            lambda ids: st.tuples(*(st.sampled_from(KINDS) for _ in ids)).map(
                lambda kinds: [
                    {"id": i, "kind": k, "label": f"label {i}", "count": n}
                    for n, (i, k) in enumerate(zip(ids, kinds, strict=True))
                ]
            )
        ),
        "edges": st.lists(
            st.fixed_dictionaries(
                {"from": st.sampled_from(NODES), "to": st.sampled_from(NODES), "citations": st.lists(st.just({}), max_size=2)}
            ),
            max_size=30,
        ),
    }
)


@given(path=PATHS)
@settings(max_examples=60, derandomize=True, deadline=None)
def test_every_node_has_one_place_of_its_own_and_lines_join_boxes(path: dict[str, list[dict[str, object]]]) -> None:
    found = layout(path)
    assert sorted(box.id for box in found.boxes) == sorted(str(n["id"]) for n in path["nodes"] if found.folded == 0)
    assert len({(box.column, box.row) for box in found.boxes}) == len(found.boxes)
    ids = {box.id for box in found.boxes}
    assert all(line.start in ids and line.end in ids for line in found.lines)
    assert all(0 <= y < drawn(found).height for _, _, y in drawn(found).boxes)


def test_at_most_sixty_boxes_stand_for_any_number_of_nodes() -> None:
    nodes = [{"id": f"{kind}{n}", "kind": kind, "label": f"{kind} {n}", "count": n} for kind in KINDS for n in range(300)]
    edges = [{"from": f"actor{n}", "to": f"host{n}", "citations": [{}]} for n in range(300)]
    found = layout({"nodes": nodes, "edges": edges})
    assert len(found.boxes) == 60
    assert found.folded == 5 * (300 - PER_COLUMN + 1)
    assert sum(line.weight for line in found.lines) == 300


def test_a_line_without_a_citation_is_inferred() -> None:
    found = layout(samples.missent()["path"])
    assert {line.end: line.inferred for line in found.lines if line.start == "c"} == {"da": False, "db": False, "dc": True}


def test_lines_that_need_not_cross_do_not() -> None:
    nodes = [
        {"id": f"{kind}{n}", "kind": kind, "label": str(n), "count": 0}
        for kind in ("actor", "host", "object")
        for n in range(6)
    ]
    edges = [
        {"from": f"{a}{n}", "to": f"{b}{m}", "citations": [{}]}
        for a, b in (("actor", "host"), ("host", "object"))
        for n, m in enumerate((3, 5, 0, 2, 4, 1))
    ]
    found = layout({"nodes": nodes, "edges": edges})
    columns = [[box.id for box in found.boxes if box.column == place] for place in range(5)]
    assert crossings(columns, found.lines) == 0


@pytest.mark.parametrize("label", ["short", "顧客データベース抽出_2024年5月16日.csv", "a" * 100, "", "名" * 50])
def test_a_long_label_keeps_both_ends_within_the_width(label: str) -> None:
    cut = shortened(label, 21)
    assert columns_of(cut) <= 21
    assert cut == label or (cut[0] == label[0] and cut[-1] == label[-1])
