"""Hunt: rules and analytics over files, without a case; what is known to a person as a timeline of detections."""

from __future__ import annotations
