"""From events on files to the people whose data the files hold, by the version of each file at that time."""

from __future__ import annotations
