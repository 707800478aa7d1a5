"""What is made for editing opens in LibreOffice with its words; skipped where LibreOffice is not installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pypdfium2
import pytest

from kyumei.reports.registry import REPORTS
from kyumei.reports.render.sheets import xlsx
from kyumei.reports.render.word import docx
from kyumei.reports.words.lookup import LANGS
from tests.reports.matters import NAMES, documents, matter

if TYPE_CHECKING:
    from pathlib import Path

    from kyumei.reports.words.lookup import Lang

OFFICE = shutil.which("soffice")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")]


@pytest.mark.parametrize("lang", LANGS)
def test_every_document_for_editing_opens_in_libreoffice_with_its_title(lang: Lang, tmp_path: Path) -> None:
    m = matter("viewable", lang)
    titles: dict[str, str] = {}
    for name in NAMES:
        for form, render in (("docx", docx), ("xlsx", xlsx)):
            if form in REPORTS.get(name).formats:
                for document in documents(name, m)[:1]:
                    (tmp_path / f"{name}-{form}.{form}").write_bytes(render(document, m))
                    titles[f"{name}-{form}"] = document.title
    made = sorted(str(path) for path in tmp_path.iterdir())
    told = [str(OFFICE), f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run([*told, "--outdir", str(tmp_path / "pdf"), *made], check=True, capture_output=True, timeout=500)
    for stem, title in titles.items():
        pages = pypdfium2.PdfDocument(tmp_path / "pdf" / f"{stem}.pdf")
        told_text = re.sub(r"\s", "", " ".join(page.get_textpage().get_text_bounded() for page in pages))
        assert re.sub(r"\s", "", title) in told_text, stem
