"""One post of ours: found by author and first line, then made, edited or left as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.errors import AnswerLost, AuthError
from playbookctl.forge.defuse import defused
from playbookctl.forge.post import Deed, Post
from playbookctl.forge.text import bears, compose, content, says_nothing
from playbookctl.model.value import Value
from playbookctl.transport.retry import RetryPolicy, repeat

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playbookctl.forge.post import Board

LOOK_AGAIN = RetryPolicy(3, wait_initial=2.0, wait_max=8.0)


class Wanted(Value):
    """What is to be said: `text`, the marker, and what an old post says where `text` is empty.

    `is_nothing`: no post is needed for it, only an old one corrected. `even_nothing` makes a post all the same.
    """

    __slots__ = ("even_nothing", "is_nothing", "marker", "nothing", "text")

    def __init__(
        self, marker: str, report: str, nothing: str, *, untrusted: bool = False, even_nothing: bool = False
    ) -> None:
        text = content(report)
        self.marker = marker
        self.text = defused(text) if untrusted else text
        self.is_nothing = says_nothing(report)
        self.nothing = nothing
        self.even_nothing = even_nothing

    def body(self, limit: int) -> str:
        """Return the post in at most `limit` characters."""
        return compose(self.marker, self.text or self.nothing, limit)


class Done(Value):
    """What was done, to which post (None: to none), and how many other posts of ours were left as they are."""

    __slots__ = ("deed", "others", "post")

    def __init__(self, deed: Deed, post: Post | None, others: int = 0) -> None:
        self.deed = deed
        self.post = post
        self.others = others


def publish(board: Board, wanted: Wanted, look_again: RetryPolicy = LOOK_AGAIN) -> Done:
    """Bring our post up to date. Raises what the board's calls raise.

    Where nobody can tell whether a post was written, it is looked for before another one is.
    """
    me = board.me()
    if not me:
        raise AuthError("the forge does not say whose token this is", hint="name its owner with --author LOGIN")
    return repeat(look_again, lambda: _once(board, wanted, me), on=AnswerLost)


def ours(posts: Iterable[Post], me: str, marker: str) -> list[Post]:
    """Return the posts of ours, the oldest first: written by `me`, and the marker is their first line.

    Neither alone is enough: others may quote the marker, and a token may be shared with what else a job writes.
    """
    found = [post for post in posts if post.author.lower() == me.lower() and bears(post.body, marker)]
    return sorted(found, key=lambda post: post.id)


def decide(found: list[Post], wanted: Wanted, body: str, *, closes: bool) -> Deed:
    """Return what is to be done; `found` are the posts of ours, the oldest first."""
    match (bool(found), wanted.is_nothing):
        case (False, True):
            return Deed.CREATED if wanted.even_nothing else Deed.NOTHING
        case (False, False):
            return Deed.CREATED
        case (True, True) if closes:
            return Deed.CLOSED
        case _:
            return Deed.UNCHANGED if _same(found[0].body, body) else Deed.EDITED


def _once(board: Board, wanted: Wanted, me: str) -> Done:
    found = ours(board.posts(), me, wanted.marker)
    body = wanted.body(board.limit)
    deed = decide(found, wanted, body, closes=board.closes)
    match deed:
        case Deed.CREATED:
            return Done(deed, board.create(body))
        case Deed.EDITED | Deed.CLOSED:
            post = board.edit(found[0], body, close=deed is Deed.CLOSED)
            return Done(deed, post, len(found) - 1)
        case _:
            return Done(deed, found[0] if found else None, max(len(found) - 1, 0))


def _same(one: str, other: str) -> bool:
    return one.replace("\r\n", "\n").rstrip() == other.rstrip()
