"""What programs write inside the frame that a container's runtime or a collector puts around each line.

The line within is itself a log: JSON events of a known form (Traefik, Caddy, audit logs: by the shipped mappings) or of one
that nobody described, access-log lines, key=value pairs, or a sentence of a program. The form of JSON is told once for each
file, by its first lines, since a container runs one program; everything else line by line. The frame's own time stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kyumei.model.source import Source
from kyumei.readers import forms
from kyumei.readers.linux import payload
from kyumei.readers.linux.syslog import PROGRAMS
from kyumei.readers.linux.years import Calendar
from kyumei.readers.match import ints
from kyumei.readers.nested import expanded
from kyumei.readers.text.stamped import SENTENCES
from kyumei.store.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pyarrow as pa

    from kyumei.readers.mapped.mapping import LogMapping

_COLOURS: Final = r"\x1b\[[0-9;]*m"
_JSON: Final = r"^\s*\{.*\}\s*$"
_TAKEN: Final = frozenset(
    {"action", "outcome", "host", "account", "src_ip", "dst", "object", "device", "bytes", "rows", "event_id", "provider"}
)


class Within:
    """The lines within the frames of one file, batch after batch.

    Args:
        source: the file with the frames.
    """

    def __init__(self, source: Source) -> None:
        self._calendar = Calendar(source)
        self._mapping: LogMapping | None = None
        self._is_guess = False

    def read(self, texts: pa.Array) -> tuple[dict[str, pa.Array], dict[str, pa.Array]]:
        """Return common columns (never times) and native fields, as long as the texts; `action` is never null."""
        import pyarrow as pa
        import pyarrow.compute as pc

        n = len(texts)
        reading = forms.Reading(n)
        plain = pc.replace_substring_regex(pc.fill_null(texts, ""), _COLOURS, "")
        self._records(plain, reading)
        payload.interpret(plain, reading)
        sets = [each for each in forms.load(PROGRAMS) if not each.program]
        forms.interpret([*sets, *forms.load(SENTENCES)], pa.nulls(n, pa.string()), plain, reading)
        said, fields = forms.split(reading.columns())
        said["action"] = pc.fill_null(said.get("action", pa.nulls(n, pa.string())), "record.written")
        return said, fields

    def _records(self, texts: pa.Array, reading: forms.Reading) -> None:
        """Fill the rows whose text is a JSON object."""
        import numpy as np
        import pyarrow.compute as pc

        from kyumei.readers.flat_json import records as json
        from kyumei.readers.mapped.evaluate import events
        from kyumei.readers.text.json_events import completed

        places = np.flatnonzero(pc.match_substring_regex(texts, _JSON).to_numpy(zero_copy_only=False))
        if not len(places):
            return
        lines = [line.encode("utf-8", "backslashreplace") + b"\n" for line in _one_line(texts.take(ints(places))).to_pylist()]
        starts = np.cumsum([0, *map(len, lines)])[:-1]
        inner = Source.memory(b"".join(lines), zone=self._calendar.zone)
        mapping = self._chosen(inner)
        for part in json.records(inner, Rows(inner, "", lambda _: None)):
            event = events(expanded(part.columns), part.rec, mapping, self._calendar)
            here = places[np.searchsorted(starts, part.rec, side="right") - 1]
            columns = completed(event.columns, len(here)) if self._is_guess else event.columns
            reading.fill(here, self._columns(columns, event.fields, here))

    def _chosen(self, inner: Source) -> LogMapping:
        if self._mapping is None:
            from kyumei.readers.mapped.register import json_mapping
            from kyumei.readers.text.json_events import guess

            known = json_mapping(inner)
            self._mapping, self._is_guess = known or guess(inner.head), known is None
        return self._mapping

    def _columns(
        self, columns: Mapping[str, Any], fields: Mapping[str, Any], here: np.ndarray[Any, Any]
    ) -> dict[str, pa.Array]:
        import pyarrow as pa

        found = {name: values.cast(pa.string()) for name, values in columns.items() if name in _TAKEN}
        found |= {name: values.cast(pa.string()) for name, values in fields.items() if name not in _TAKEN}
        return {**found, "guessed": pa.repeat("yes", len(here))} if self._is_guess else found


def _one_line(texts: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    return pc.replace_substring_regex(texts, r"[\r\n]+", " ")
