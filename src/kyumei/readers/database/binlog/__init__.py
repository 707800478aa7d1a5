"""The binary log of MySQL and MariaDB: its records, and the values of changed rows."""

from __future__ import annotations
