"""What a page of Markdown would do where it is read, and what a runner would act on in its log."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options as Cmark


def runner_commands(text: str) -> list[str]:
    """Return what a GitHub or Azure runner would act on in a log, after the runner's own description of both forms."""
    return [line for line in text.splitlines() if line.lstrip().startswith("::") or re.search(r"##(\w*)\[", line)]


class Page(HTMLParser):
    """Collects what a page would do: its tags, and its text outside of code, where a forge looks for mentions."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.comments: list[str] = []
        self.prose: list[str] = []
        self.depth = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attributes}
        self.depth += tag in ("code", "pre")

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag in ("code", "pre")

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_data(self, data: str) -> None:
        if not self.depth:
            self.prose.append(data)


def page(markdown: str) -> Page:
    """Return what a page made of `markdown` would do, raw HTML included."""
    return Page(cmarkgfm.github_flavored_markdown_to_html(markdown, options=Cmark.CMARK_OPT_UNSAFE))


ALLOWED = {"p", "strong", "table", "thead", "tbody", "tr", "th", "td", "code", "pre", "br", "details", "summary", "ul",
           "li", "h4"}  # fmt: skip
ACTIVE = re.compile(
    r"@\w|(?<![\w&])#\d|\bGH-\d|!\d|https?://|www\.|:[a-z]+:|\w@\w|\$\w+\$", re.IGNORECASE
)  # mentions, references, addresses, pictures, mathematics
