"""YAML whose mappings know where they stand, so that an error can say where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kyumei.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

_HINT: Final = "the file must be valid YAML or JSON"


class Located(dict[str, object]):
    """A mapping and where it begins."""

    where: str = ""


def parse(text: str, path: str) -> object:
    """Return what the text holds; mappings are `Located`.

    Raises:
        UserError: the text is no YAML, or a key stands twice in one mapping.
    """
    import yaml

    try:
        return yaml.load(text, Loader=_loader(path))  # noqa: S506  # a SafeLoader with one constructor more
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        line = f":{mark.line + 1}" if mark is not None else ""
        problem = getattr(wrong, "problem", None) or str(wrong)
        raise UserError(f"{path}{line}: {problem}", hint=_HINT) from wrong
    except (ValueError, RecursionError) as wrong:  # an impossible date such as 2024-02-30; nesting without end
        raise UserError(f"{path}: {wrong}", hint=_HINT) from wrong


def _loader(path: str) -> Any:
    import yaml

    base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loader: Any = type("Loader", (base,), {})

    def mapping(self: Any, node: Any) -> Iterator[Located]:
        _refuse_twice(node, path)
        self.flatten_mapping(node)
        found = Located()
        found.where = f"{path}:{node.start_mark.line + 1}"
        yield found
        found.update(self.construct_mapping(node, deep=True))

    loader.add_constructor("tag:yaml.org,2002:map", mapping)
    return loader


def _refuse_twice(node: Any, path: str) -> None:
    seen: set[str] = set()
    for key, _ in node.value:
        if not isinstance(key.value, str):
            continue  # a list as a key: the constructor refuses it
        if key.value in seen:
            raise UserError(f"{path}:{key.start_mark.line + 1}: {key.value} stands twice", hint="keep one of the two")
        if key.tag != "tag:yaml.org,2002:merge":
            seen.add(key.value)
