"""The values of this folder: a text on the forge, the pull request it belongs to, and what is done about it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Protocol

from playbookctl.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator


class Post(Value):
    """A comment, or an issue. `id` names it to its forge, and a smaller one is older; `author` is a login, '' if unknown."""

    __slots__ = ("author", "body", "id", "url")

    def __init__(self, post_id: int, author: str, body: str, url: str) -> None:
        self.id = post_id
        self.author = author
        self.body = body
        self.url = url


class Head(Value):
    """The commit that a pull request proposes: its hash, and the repository and branch it comes from ('' if unknown)."""

    __slots__ = ("branch", "commit", "repository")

    def __init__(self, commit: str, repository: str, branch: str) -> None:
        self.commit = commit
        self.repository = repository
        self.branch = branch


class Deed(Enum):
    """What was done about our post."""

    CREATED = "created"
    EDITED = "edited"
    UNCHANGED = "unchanged"
    CLOSED = "closed"
    NOTHING = "nothing"
    STALE = "stale"


class Board(Protocol):
    """A place on a forge where we have at most one post: a pull request's comments, or the open issues."""

    limit: int  # characters of a post
    closes: bool  # whether a post that has nothing left to say is closed

    def me(self) -> str:
        """Return the login that posts of ours bear."""

    def posts(self) -> Iterator[Post]:
        """Yield every post, whoever wrote it."""

    def create(self, body: str) -> Post:
        """Write a new post. Raises AnswerLost if nobody can tell whether it was written."""

    def edit(self, post: Post, body: str, *, close: bool) -> Post:
        """Replace the text of a post, and close it if `close`."""
