"""Shell completion is click's own; the lazy listing of commands must not stand in its way."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

SHELLS = ["bash", "zsh", "fish"]
ASKED = [("playbookctl dr", "1", "plain,drift"), ("playbookctl drift --fa", "2", "plain,--fail")]


def said(**variables: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", "from playbookctl.cli.main import main; main()"],
        env={**os.environ, **variables}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


@pytest.mark.parametrize("shell", SHELLS)
def test_every_documented_shell_gets_a_script(shell: str) -> None:
    assert "_playbookctl_completion" in said(_PLAYBOOKCTL_COMPLETE=f"{shell}_source")


@pytest.mark.parametrize(("words", "at", "answer"), ASKED)
def test_commands_and_options_are_completed(words: str, at: str, answer: str) -> None:
    assert said(_PLAYBOOKCTL_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=at).split() == [answer]
