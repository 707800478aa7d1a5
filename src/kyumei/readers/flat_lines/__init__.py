"""Lines taken apart by regular expressions as sparse columns, each with its byte offset."""

from __future__ import annotations
