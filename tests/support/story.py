"""Stories: told from a seed, played on an estate, cut down to what matters where one breaks a law, printed to be told again."""

from __future__ import annotations

import random
import shutil
import tempfile
import traceback
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from playbookctl import applied, past
from playbookctl.model.choices import Choices, Decision, OnDrift, Take
from support.acts import ACTS, MOST, WEIGHTS, Act
from support.estate import Estate, Mortal
from support.hints import obey, settle
from support.laws import Broken
from support.paper import Paper
from support.repository import GitHistory
from support.values import document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from playbookctl.server.embedded import EmbeddedServer
    from support.watch import Watch

for name in ("repo", "live", "sync"):
    __import__(f"support.acts_{name}")


@dataclass(frozen=True)
class Stage:
    """Where stories are played. `history` is 'paper', 'git', or 'none' for a folder outside git.

    With more than one of `workers` threads race, and a story that is told again may go another way.
    """

    server: EmbeddedServer
    watch: Watch
    base: Path
    history: str = "paper"
    workers: int = 1
    client: type[Mortal] = Mortal

    @contextmanager
    def estate(self) -> Iterator[Estate]:
        """Give an estate of two playbooks that were synced once."""
        folder = Path(tempfile.mkdtemp(dir=self.base))
        history = {"paper": Paper, "git": GitHistory, "none": lambda _: None}[self.history](folder)
        estate = Estate(self.server, self.watch, folder, history, self.workers, self.client)
        real = past.History
        try:
            if isinstance(history, Paper):
                past.History = applied.History = Paper  # type: ignore[assignment,misc]
            estate.files = {"a": document("a"), "c": document("c")}
            estate.commit()
            yield estate
        finally:
            past.History = applied.History = real  # type: ignore[misc]
            estate.close()
            if history is not None:
                history.leave()
            shutil.rmtree(folder)


def told(seed: int, length: int) -> tuple[Act, ...]:
    """Return the story of a seed."""
    drawn = random.Random(seed)  # noqa: S311 - a story, no secret
    names, weights = list(WEIGHTS), list(WEIGHTS.values())
    return tuple(
        Act(name, drawn.randrange(MOST), drawn.randrange(MOST)) for name in drawn.choices(names, weights, k=length)
    )


def play(stage: Stage, story: Sequence[Act], *, ending: int | None = 0) -> int:
    """Play a story; at its end follow all hints, taking the ways that `ending` says. Return the number of writes.

    Raises Broken where a law is broken.
    """
    with stage.estate() as estate:
        begin(estate)
        for one in story:
            perform(estate, one)
        if ending is not None:
            finish(estate, ending)
        return estate.laws.writes


def begin(estate: Estate) -> None:
    """Sync for the first time."""
    with nothing_else_raised("begin"):
        estate.sync(Choices(bootstrap=True))


def finish(estate: Estate, ending: int) -> None:
    """Follow all hints, taking the ways that `ending` says, and see that everything is as the files ask for."""
    with nothing_else_raised("settle"):
        estate.laws.catch_up()
        settle(estate, ending)
        revert_everything(estate)
        estate.laws.reached(estate.survey())


def revert_everything(estate: Estate) -> None:
    """Leave nothing of live that the files do not ask for: files that keep all rules, and every difference decided for them."""
    for key, stem in estate.stems().items():
        estate.files[stem] = document(key)
    estate.commit()
    for _ in range(4):
        plan = estate.plan()
        if not any(change.fields for change in plan.changes if change.file):
            return
        mine = [change for change in plan.changes if change.file and change.live_hash]
        decided = tuple(Decision(change.key, Take.REPO, change.live_hash) for change in mine)
        keys = frozenset(estate.stems())
        obey(estate, Choices(on_drift=OnDrift.REVERT, release=keys, force=True, resolve=decided))


def perform(estate: Estate, one: Act) -> None:
    """Do one act."""
    with nothing_else_raised(one.name):
        ACTS[one.name](estate, one.a, one.b)


@contextmanager
def nothing_else_raised(doing: str) -> Iterator[None]:
    """Whatever is raised that is no broken law breaks a law as well: acts are total, and so is the tool in fair weather."""
    try:
        yield
    except Broken:
        raise
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        law = f"no {type(error).__name__} is raised in {where.name}"
        raise Broken(law, f"{error} ({doing}; {where.filename}:{where.lineno})") from error


def broken_by(stage: Stage, story: Sequence[Act]) -> Broken | None:
    """Return the law that a story breaks."""
    try:
        play(stage, story)
    except Broken as broken:
        return broken
    return None


def shortest(story: Sequence[Act], breaks: Callable[[Sequence[Act]], bool], tries: int = 300) -> tuple[Act, ...]:
    """Return what is left of a story that breaks a law when everything is cut that does not matter."""
    left = list(story)
    size = max(len(left) // 2, 1)
    while size and tries > 0:
        at = 0
        while at < len(left) and tries > 0:
            tries -= 1
            shorter = left[:at] + left[at + size :]
            if breaks(shorter):
                left = shorter
            else:
                at += size
        size = size // 2 if size > 1 else 0
    return tuple(left)


def tell(seed: int, story: Sequence[Act], broken: Broken) -> str:
    """Return what to print of a broken law: the law, and a script that can be played again."""
    lines = "\n".join(f"    {one}" for one in story)
    return f"seed {seed} breaks a law: {broken}\nstory = (\n{lines}\n)"


def prove(stage: Stage, seed: int, length: int) -> int:
    """Play the story of a seed; where it breaks a law fail with the shortest story that does. Return the writes."""
    story = told(seed, length)
    if stage.workers > 1:  # an edit might fall between one thread's read and its write: the round trip that stays open
        story = tuple(one for one in story if not one.name.startswith("edit_in_the_middle"))
    try:
        return play(stage, story)
    except Broken as broken:
        law = broken.law
        short = shortest(story, lambda left: (found := broken_by(stage, left)) is not None and found.law == law)
        again = broken_by(stage, short) or broken
        raise AssertionError(tell(seed, short, again)) from broken
