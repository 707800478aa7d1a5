"""A tagger of names learned from labelled sentences: what it reads, what it finds, and that the same files teach the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from kyumei.errors import UserError
from kyumei.model.source import Source
from kyumei.scope.names import finder
from kyumei.scope.tagger import labelled, learned
from kyumei.scope.tagger.words import sentences
from kyumei.scope.text import scan

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("sudachipy")
pytest.importorskip("pycrfsuite")

WHEN = "2026-01-02T03:04:05+00:00"
FRAMES = (
    "昨日、{}が会社に来た。", "{}は資料を渡した。", "社長の{}氏が述べた。", "{}と{}が会った。", "電話は{}さんへ。",
    "会議は明日である。",
)  # fmt: skip
NAMES = ("佐藤花子", "高橋", "鈴木一郎", "サム・ダン", "田中", "ルル・モモ", "山本次郎", "加藤")


def taught(folder: Path) -> Path:
    """Write sentences with the names at every place of the frames; the last name of a list is in none of them."""
    entries = []
    for frame in FRAMES:
        for turn, name in enumerate(NAMES[:-1]):
            text, spans = "", []
            for n, part in enumerate(frame.split("{}")):
                if n:
                    word = name if n == 1 else NAMES[(turn + 1) % len(NAMES)]
                    spans.append({"span": [len(text), len(text) + len(word)], "type": "人名"})
                    text += word
                text += part
            entries.append({"text": text, "entities": spans})
    path = folder / "taught.json"
    path.write_text(json.dumps(entries, ensure_ascii=False), "utf-8")
    return path


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("names")
    learned.learn([labelled.read(taught(folder))], folder / "home", when=WHEN)
    return folder / "home"


def found(text: str, home: Path, encoding: str = "utf-8") -> list[str]:
    raw = text.encode(encoding)
    hits = [h for h in scan(Source.memory(raw), names=finder(home)) if h.rule == "name.learned"]
    return [raw[h.start : h.end].decode(encoding) for h in hits]


def test_a_name_that_no_sentence_had_is_found_where_names_stand(home: Path) -> None:
    assert found("昨日、中村美咲が会社に来た。", home) == ["中村美咲"]


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_places_are_those_of_the_original_bytes(home: Path, encoding: str) -> None:
    assert found("会議は明日である。\r\n社長の鈴木一郎氏が述べた。\r\n", home, encoding) == ["鈴木一郎"]


def test_lines_without_a_japanese_letter_are_left_aside(home: Path) -> None:
    assert found("def main(): return Smith\nJohn came.\n" * 3 + "昨日、田中が会社に来た。", home) == ["田中"]


def test_the_output_says_which_model_found_it(home: Path) -> None:
    told = finder(home).told
    assert told["by"] == "model"
    assert told["sources"][0]["name"] == "taught.json"
    assert (home / f"{told['model'].removeprefix('sha256:')}.crf").exists()


def test_the_same_files_teach_the_same_bytes(home: Path, tmp_path: Path) -> None:
    again = learned.learn([labelled.read(taught(tmp_path))], tmp_path / "again", when=WHEN)
    assert again == learned.card(home)


def test_without_a_model_the_rules_find_names(tmp_path: Path) -> None:
    assert finder(tmp_path).told == {"by": "rules"}


def test_a_model_that_was_altered_is_refused(tmp_path: Path) -> None:
    learned.learn([labelled.read(taught(tmp_path))], tmp_path, when=WHEN)
    (weights,) = tmp_path.glob("*.crf")
    weights.write_bytes(weights.read_bytes() + b"\0")
    with pytest.raises(UserError, match="have changed"):
        finder(tmp_path)


@pytest.mark.parametrize(
    ("lines", "spans"),
    [
        (["佐藤\tB-PERSON", "花子\tI-PERSON", "さん\tO"], {(0, 4)}),
        (["佐藤 N B-PER", "と N O", "高橋 N S-PER"], {(0, 2), (3, 5)}),
        (["佐藤\tI-PER", "花子\tE-PER"], {(0, 4)}),
        (["トヨタ\tB-ORG", "佐藤\tB-人名"], {(3, 5)}),
    ],
)
def test_words_and_tags_are_read_in_the_usual_schemes(lines: list[str], spans: set[tuple[int, int]], tmp_path: Path) -> None:
    path = tmp_path / "x.bio"
    path.write_text("\n".join(lines) + "\n\n", "utf-8")
    assert labelled.read(path).sentences[0].names == spans


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("これは文である。\n", "labels no name"),
        ('[{"text": "佐藤", "entities": [{"span": [0, 9], "type": "人名"}]}]', "does not lie in its text"),
        ('[{"words": "佐藤"}]', "no text with entities"),
    ],
)
def test_a_file_that_teaches_nothing_is_refused_in_one_sentence(content: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text(content, "utf-8")
    with pytest.raises(UserError, match=said):
        labelled.read(path)


def test_a_line_without_end_is_cut_to_bounded_parts() -> None:
    parts = list(sentences("あ" * 7000))
    assert [begin for begin, _ in parts] == [0, 2000, 4000, 6000]
    assert "".join(text for _, text in parts) == "あ" * 7000
