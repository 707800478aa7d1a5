"""What the samples of text readers are made of."""

from __future__ import annotations
