"""The words of the reports, in two languages, and the numbers and times that go into them."""

from __future__ import annotations
