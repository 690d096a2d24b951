"""Whether scenarios are worth running: what would mislead, prove nothing, or accuse a correct server.

Pure but for places, which are looked up in the files. What cannot be loaded at all, the loader tells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.scenario import lint_matchers, lint_names, lint_steps, yaml
from conformance.scenario.findings import Flow, Problem, Vocabulary
from conformance.scenario.links import check_links

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.scenario.model import Document

__all__ = ["RULES", "Problem", "Vocabulary", "lint"]

#: Each looks at one scenario or setup.
RULES = (*lint_names.RULES, *lint_steps.RULES, *lint_matchers.RULES)


def lint(documents: Iterable[Document], vocabulary: Vocabulary) -> list[Problem]:
    """Everything wrong with ``documents``, in their order and that of their lines, each problem once."""
    documents = list(documents)
    found = [problem for document in documents for problem in _in_lines(_document(document, vocabulary))]
    return [*found, *_twice(documents)]


def _document(document: Document, vocabulary: Vocabulary) -> Iterator[Problem]:
    yield from map(Problem.of, check_links(document, vocabulary.setups))
    for one in (*document.scenarios, *((document.setup,) if document.setup else ())):
        flow = Flow(one)
        for rule in RULES:
            yield from map(flow.problem, rule(flow, vocabulary))


def _in_lines(problems: Iterable[Problem]) -> list[Problem]:
    """Rows of a matrix share most of their text, and so their problems."""
    once = {str(problem): problem for problem in problems}
    return sorted(once.values(), key=lambda p: (p.place.line or 0, p.place.column or 0) if p.place else (0, 0))


def _twice(documents: Iterable[Document]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for document in documents:
        for id_ in sorted({scenario.id.partition("[")[0] for scenario in document.scenarios}):
            other = seen.setdefault(id_, document.file)
            if id_ and other != document.file:
                place = yaml.mark(document.file, ("id",))
                yield Problem("error", "duplicate-id", place, f"scenario {id_!r} is also in {other}", "Ids are unique.")
