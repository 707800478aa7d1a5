"""Judge a diagnosed case anew after an answer, without reading its evidence again."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from kyumei.case import answers, judging, results
from kyumei.case.triage import LANGUAGES, write_documents

if TYPE_CHECKING:
    from pathlib import Path


def rejudge(case: Path, *, who: str) -> dict[str, Any]:
    """Rewrite the obligations wherever the case holds them, seal the results, and return `diagnosis.json`.

    Raises:
        UserError: the folder holds no diagnosis.
    """
    document, obligations = judging.diagnosis(case), judging.of_case(case)
    answered = [asdict(answer) for answer in answers.current(answers.read(case))]
    document["facts"] = {**document.get("facts", {}), "answers": answered}
    run = json.loads((case / "run.json").read_text("utf-8"))
    documents: dict[str, dict[str, Any]] = {
        lang: document | {"obligations": [o.as_json(lang) for o in obligations]} for lang in LANGUAGES
    }
    lang = run["parameters"]["lang"]
    write_documents(case, documents, lang)
    results.reseal(case, who=who, why="facts answered")
    return documents[lang]
