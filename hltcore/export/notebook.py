"""Notebook: a script as a Jupyter notebook (nbformat 4.5), its sections as cells with their prose between them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from hltcore.export.script import Script, Section, spaced

__all__ = ["notebook"]

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#+\-.!|$~&])")


def notebook(script: Script) -> str:
    """The text of an ``.ipynb`` file; the same for the same script."""
    cells = [_markdown(f"# {_plain(script.title)}", *script.prose)]
    for section in script.sections:
        cells += _cells(section)
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    content = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _cells(section: Section) -> Iterator[dict[str, Any]]:
    if section.title:
        yield _markdown(f"## {_plain(section.title)}", *section.prose)
    lines = [line.text for line in spaced(section.lines)]
    if lines:
        yield {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": _source("\n".join(lines)),
        }


def _markdown(heading: str, *prose: str) -> dict[str, Any]:
    text = "\n\n".join((heading, *map(_plain, prose)))
    return {"cell_type": "markdown", "metadata": {}, "source": _source(text)}


def _plain(text: str) -> str:
    """Text whose characters are none of Markdown's."""
    return _MARKUP.sub(r"\\\1", text)


def _source(text: str) -> list[str]:
    return text.splitlines(keepends=True)
