"""What GitHub's own Markdown renderer makes of a text, and whether anything in it would do something."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options

EXTENSIONS = ("table", "strikethrough", "autolink", "tasklist")
LIVELY = re.compile(r"@\w|(?<![\w#])#\d|\bgh-\d|!\d|://|\bwww\.", re.IGNORECASE)
HARMLESS = {"details", "summary", "br", "code", "sub", "sup", "b", "i", "strong", "em", "kbd", "p", "pre", "table", "thead",
            "tbody", "tr", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "hr", "blockquote", "del",
            "input"}  # fmt: skip


def rendered(text: str) -> str:
    return cmarkgfm.markdown_to_html_with_extensions(text, Options.CMARK_OPT_UNSAFE, EXTENSIONS)


class Looking(HTMLParser):
    """Finds elements that do something, and text outside of code that a forge would make something of."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._code += tag in {"code", "pre"}
        allowed = {"align", "type", "checked", "disabled", "open", "lang", "start", "class"}
        if tag not in HARMLESS or not {name for name, _ in attrs} <= allowed:
            self.found.append(f"<{tag} {attrs}>")

    def handle_endtag(self, tag: str) -> None:
        self._code = max(0, self._code - (tag in {"code", "pre"}))

    def handle_data(self, data: str) -> None:
        if not self._code:
            self.found += LIVELY.findall(data)

    def handle_comment(self, data: str) -> None:
        self.found.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.found.append(f"<!{decl}>")

    def handle_pi(self, data: str) -> None:
        self.found.append(f"<?{data}>")


def lively(text: str) -> list[str]:
    looking = Looking()
    looking.feed(rendered(text))
    looking.close()
    return looking.found
