from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from kyumei.errors import EvidenceError, UserError
from kyumei.store import key, sealed

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def keyed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    key.new(tmp_path / "a.key")
    monkeypatch.setenv(key.VARIABLE, str(tmp_path / "a.key"))
    made = key.current()
    assert made is not None
    return made


def test_a_key_file_is_random_and_its_owners_alone_and_never_overwritten(tmp_path: Path) -> None:
    assert key.new(tmp_path / "a") != key.new(tmp_path / "b")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
    with pytest.raises(UserError, match="cannot be made"):
        key.new(tmp_path / "a")


def test_a_file_that_is_no_key_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "short").write_bytes(b"secret")
    monkeypatch.setenv(key.VARIABLE, str(tmp_path / "short"))
    with pytest.raises(UserError, match="6 bytes, not 32"):
        key.current()
    monkeypatch.setenv(key.VARIABLE, str(tmp_path / "none"))
    with pytest.raises(UserError, match="cannot be read"):
        key.current()


@pytest.mark.parametrize("size", [0, 1, sealed.BLOCK - 1, sealed.BLOCK, sealed.BLOCK + 1, 3 * sealed.BLOCK + 5])
def test_content_of_every_length_comes_back_from_any_place(size: int, keyed: bytes, tmp_path: Path) -> None:
    content = bytes(n * 7 % 251 for n in range(4096)) * (size // 4096 + 1)
    content = content[:size]
    path = tmp_path / "x"
    path.write_bytes(b"".join(sealed.sealed(memoryview(content), keyed)))
    with sealed.opened(path) as stream:
        assert stream.read() == content
        stream.seek(-min(size, 9), io.SEEK_END)
        assert stream.read() == content[max(0, size - 9) :]
        stream.seek(size // 2)
        assert stream.read(3) == content[size // 2 : size // 2 + 3]


def test_the_same_content_is_sealed_to_the_same_bytes_and_another_key_to_others(keyed: bytes) -> None:
    content = memoryview(b"the same")
    assert sealed.sealed(content, keyed) == sealed.sealed(content, keyed)
    assert sealed.sealed(content, keyed)[1] != sealed.sealed(content, bytes(32))[1]


def test_a_changed_or_shortened_or_reordered_file_is_noticed(keyed: bytes, tmp_path: Path) -> None:
    header, first, second = sealed.sealed(memoryview(bytes(2 * sealed.BLOCK)), keyed)
    path = tmp_path / "x"
    for damaged in (
        header + first[:-1] + bytes([first[-1] ^ 1]) + second,
        header + second + first,
        header + first,
        header[:-8] + (sealed.BLOCK).to_bytes(8, "little") + first,
    ):
        path.write_bytes(damaged)
        with pytest.raises(EvidenceError, match="changed after it was sealed"), sealed.opened(path) as stream:
            stream.read()
    path.write_bytes(b"PAR1")
    with pytest.raises(EvidenceError, match="no sealed file"):
        sealed.opened(path)


def test_another_key_or_none_is_named(keyed: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"".join(sealed.sealed(memoryview(b"x"), keyed)))
    key.new(tmp_path / "b.key")
    monkeypatch.setenv(key.VARIABLE, str(tmp_path / "b.key"))
    with pytest.raises(UserError, match=f"needs {key.id_of(keyed)}"):
        sealed.opened(path)
    monkeypatch.delenv(key.VARIABLE)
    with pytest.raises(UserError, match="no key is set"):
        sealed.opened(path)


def test_sealed_tables_are_asked_as_one_and_more_than_once(keyed: bytes, tmp_path: Path) -> None:
    from kyumei.store.connect import connect

    for n in range(3):
        table = pa.table({"a": [n * 2, n * 2 + 1], "b": ["花子", "太郎"]})
        (tmp_path / f"{n}.sealed").write_bytes(b"".join(sealed.parquet(table, keyed, compression="zstd")))
    con = connect()
    con.register("t", sealed.tables(sorted(tmp_path.glob("*.sealed"))))
    assert con.execute("select sum(a) from t").fetchall() == [(15,)]
    assert con.execute("select count(*) from t x join t y using (b)").fetchall() == [(18,)]
    con.close()


def test_digests_depend_on_the_key_and_keep_equality(keyed: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    from kyumei.scope.digest import digests

    texts = pa.array(["090", "090", "080", None])
    assert keyed
    with_key = digests(texts, "phone").tolist()
    assert with_key[0] == with_key[1] != with_key[2]
    assert with_key[3] == 0
    monkeypatch.delenv(key.VARIABLE)
    assert not set(with_key[:3]) & set(digests(texts, "phone").tolist())
