"""Fail where a module or a function is longer than the house allows."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

MODULE_LINES, FUNCTION_LINES = 500, 50


def own_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the function's length in lines, its docstring not counted."""
    first = node.body[0]
    doc = 0
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        doc = (first.end_lineno or first.lineno) - first.lineno + 1
    return (node.end_lineno or node.lineno) - node.lineno + 1 - doc


def over_budget(path: Path) -> list[str]:
    """Return one line of text for each thing in the module that is too long."""
    text = path.read_text("utf-8")
    long = [f"{path}: {n} lines" for n in [text.count("\n")] if n > MODULE_LINES]
    long += [
        f"{path}:{node.lineno}: {node.name} has {own_lines(node)} lines"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and own_lines(node) > FUNCTION_LINES
    ]
    return long


if __name__ == "__main__":
    found = [text for path in sorted(Path("src").rglob("*.py")) for text in over_budget(path)]
    print("\n".join(found))
    sys.exit(bool(found))
