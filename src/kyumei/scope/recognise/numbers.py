"""Numbers that an organisation gives to persons, and what it keeps under them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.scope.recognise.forms import is_number
from kyumei.scope.recognise.registry import recogniser
from kyumei.scope.recognise.shapes import anything, both, full, where, with_digit
from kyumei.scope.scan.rules import labelled

if TYPE_CHECKING:
    import pyarrow as pa


def _identifier(values: pa.StringArray) -> pa.BooleanArray:
    return where(is_number(values), values, _mixed)


def _mixed(values: pa.StringArray) -> pa.BooleanArray:
    return both(full(values, r"[A-Za-z0-9][A-Za-z0-9_\-/. ]{0,31}"), with_digit(values))


@recogniser(
    "student number", "id.student_no", order=30, needs="header"
)  # fmt: skip
def student_number(values: pa.StringArray) -> pa.BooleanArray:
    """Tell identifiers: letters and digits, a digit among them."""
    return _identifier(values)


@recogniser(
    "employee number", "id.employee_no", order=31, needs="header"
)  # fmt: skip
def employee_number(values: pa.StringArray) -> pa.BooleanArray:
    """Tell identifiers: letters and digits, a digit among them."""
    return _identifier(values)


@recogniser(
    "customer number", "id.customer_no", order=32, needs="header"
)  # fmt: skip
def customer_number(values: pa.StringArray) -> pa.BooleanArray:
    """Tell identifiers: letters and digits, a digit among them."""
    return _identifier(values)


@recogniser(
    "contract number", "id.customer_no", order=33, needs="header"
)  # fmt: skip
def contract_number(values: pa.StringArray) -> pa.BooleanArray:
    """Tell identifiers; one person may have several contracts or meters, so they do not identify."""
    return _identifier(values)


@recogniser(
    "enrolment", "id.student_no", order=400, needs="header",
)  # fmt: skip
def enrolment(values: pa.StringArray) -> pa.BooleanArray:
    """Tell nothing of the value: the header says what it is."""
    return anything(values)


@recogniser(
    "personnel", "id.employee_no", order=410, needs="header",
)  # fmt: skip
def personnel(values: pa.StringArray) -> pa.BooleanArray:
    """Tell nothing of the value: the header says what it is."""
    return anything(values)


_NUMBER: Final = r"(?P<v>[A-Za-z]{0,4}-?[0-9][A-Za-z0-9-]{3,19})(?![A-Za-z0-9_])"


def _has_digits(value: str) -> bool:
    return sum(ch.isdigit() for ch in value) >= 3


labelled("student_number", "student number", "id.student_no", "student", _NUMBER, loose=True, order=30)(_has_digits)
labelled("employee_number", "employee number", "id.employee_no", "employee", _NUMBER, loose=True, order=31)(_has_digits)
labelled("customer_number", "customer number", "id.customer_no", "customer", _NUMBER, loose=True, order=32)(_has_digits)
