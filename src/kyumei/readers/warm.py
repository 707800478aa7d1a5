"""Compile the kernels of text readers, once at installation: `python -m kyumei.readers.warm`.

The compiled code lies beside the package, or in the user's cache folder where the package cannot be written to
(`NUMBA_CACHE_DIR` names another place).
"""

from __future__ import annotations

from typing import Final

from kyumei.model.source import Source

SAMPLES: Final = {
    "pairs": 'date=2024-06-07 time=10:00:00 devname="fw" devid="FG100" logid="0000000013" type="traffic" srcip=192.0.2.1\n',
    "heads": "Jun  7 10:00:00 web sshd[1]: Accepted password for taro from 192.0.2.1 port 4711 ssh2\n",
    "cells": 'Date,User,IP,Operation\n2024-06-07T10:00:00Z,"taro, ""t""",192.0.2.1,"File\nDownload"\n',
    "json": '{"timestamp": "2024-06-07T10:00:00Z", "user": "taro", "n": [1, {"ip": "192.0.2.1"}]}\n',
    "lists": '{"Records": [{"eventTime": "2024-06-07T10:00:00Z", "eventName": "GetObject"}]}\n',
}
"""One small log for each way of taking text apart by compiled code."""


def warm() -> None:
    """Read each sample, some lines of it, with the reader that recognises it."""
    from kyumei.readers.run import recognise, run

    for name, text in SAMPLES.items():
        source = Source.memory((text if "Date" in text else text * 40).encode(), name)
        found, _ = recognise(source)
        if found is not None:
            run(found, source, lambda _: None)


if __name__ == "__main__":
    warm()
