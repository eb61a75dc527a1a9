"""Try one mutant in a fork of a warm process: only the tests that run its line, the quickest first, until one fails.

Inside a function the code object is swapped in a process that has all modules and tests at hand: a fork costs some
hundredths of a second. What runs when a module is imported (constants, defaults, decorators) needs a fork that imports
everything anew. Used by scripts/mutate.py.
"""

from __future__ import annotations

import ast
import gc
import importlib.abc
import importlib.util
import os
import resource
import signal
import sys
import traceback
import types
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mutation_survey import ARGUMENTS, ROOT, memories

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from importlib.machinery import ModuleSpec

    from ast_mutations import Mutation

KILLED, SURVIVED, TIMEOUT = "killed", "survived", "timeout"
_OUTCOMES = {0: SURVIVED, 1: KILLED}
_MEMORY = 4_000_000_000  # bytes of address space
_SECONDS = 4  # of processor time beyond five times what the tests took when nothing was changed


def in_a_fork(work: Callable[[], bool], seconds: float) -> str:
    """Return what became of `work`, done in a fork: whether it returned true (killed), false, or took too long.

    `seconds` of processor time are what it takes where nothing is changed.
    """
    limit = int(_SECONDS + 5 * seconds)

    def bounded() -> int:
        os.setpgid(0, 0)
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(20 * limit)
        try:
            return int(work())
        except BaseException:  # noqa: BLE001 - a mutant that cannot even be imported is noticed
            return 1

    status = fork(bounded)
    return TIMEOUT if os.WIFSIGNALED(status) else _OUTCOMES.get(os.WEXITSTATUS(status), KILLED)


def fork(work: Callable[[], int]) -> int:
    """Do `work` in a fork that ends with what it returns; return the status of its end."""
    sys.stdout.flush()
    child = os.fork()
    if not child:
        code = 1
        try:
            code = work()
        except Exception:  # noqa: BLE001 - it shall be seen, and the fork shall end here
            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitpid(child, 0)[1]


class Failure:
    """A plugin of pytest that knows whether a test failed."""

    def __init__(self) -> None:
        self.seen = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember a failure."""
        self.seen = self.seen or report.failed

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Remember a module that cannot be imported."""
        self.seen = self.seen or report.failed


class Chosen(Failure):
    """A plugin of pytest that runs some tests in an order."""

    def __init__(self, tests: Sequence[str]) -> None:
        super().__init__()
        self._order = {test: index for index, test in enumerate(tests)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave the chosen ones."""
        items[:] = sorted(
            (item for item in items if item.nodeid in self._order), key=lambda item: self._order[item.nodeid]
        )


class Swapper(Failure):
    """A plugin of pytest that collects the tests, then tries mutants on them, each in a fork."""

    def __init__(self, trials: Callable[[Swapper], None]) -> None:
        super().__init__()
        self._trials = trials
        self._items: dict[str, pytest.Item] = {}
        self._functions: dict[tuple[str, int], types.FunctionType] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the mutants instead of the tests."""
        self._items = {item.nodeid: item for item in session.items}
        found = [each for each in gc.get_objects() if isinstance(each, types.FunctionType)]
        self._functions = {(each.__code__.co_filename, each.__code__.co_firstlineno): each for each in found}
        gc.freeze()
        self._trials(self)
        return True

    def can_swap(self, file: str, source: str, mutation: Mutation) -> bool:
        """Whether a mutation lies in the body of a function that is at hand."""
        line = function_around(source, mutation)
        return line is not None and (str(ROOT / file), line) in self._functions

    def kills(self, file: str, source: str, mutation: Mutation, tests: Sequence[str]) -> bool:
        """Swap the code of the function, run the tests; whether one failed. Changes this process: call it in a fork."""
        path = str(ROOT / file)
        line = function_around(source, mutation) or 0
        module = compile(mutation.apply(source), path, "exec", dont_inherit=True)
        self._functions[path, line].__code__ = next(code for code in codes(module) if code.co_firstlineno == line)
        for memory in memories():
            memory.cache_clear()
        chosen = [self._items[test] for test in tests]
        for item, following in zip(chosen, [*chosen[1:], None], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.seen:
                return True
        return False


def function_around(source: str, mutation: Mutation) -> int | None:
    """Return the first line (with decorators) of the outermost function whose body holds a mutation."""
    line = int(mutation.place.partition(":")[0])
    nodes: list[ast.stmt] = list(ast.parse(source).body)
    while nodes:
        node = nodes.pop()
        if not node.lineno <= line <= (node.end_lineno or 0):
            continue
        if isinstance(node, ast.ClassDef):
            nodes += node.body
        elif isinstance(node, ast.FunctionDef) and line >= node.body[0].lineno > node.lineno:
            return min([node.lineno, *(each.lineno for each in node.decorator_list)])
    return None


def codes(code: types.CodeType) -> Iterator[types.CodeType]:
    """Return the code objects of the functions of a module and of its classes."""
    for each in code.co_consts:
        if isinstance(each, types.CodeType):
            yield each
            yield from codes(each)


def kills_anew(file: str, source: str, mutation: Mutation, tests: Sequence[str]) -> bool:
    """Import everything with the mutant in its place, and run the tests; whether one failed. Call it in a fork."""
    module = file.removeprefix("src/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    if module in sys.modules:
        raise RuntimeError(f"'{module}' is imported already")
    sys.meta_path.insert(0, _Finder(module, str(ROOT / file), mutation.apply(source)))
    chosen = Chosen(tests)
    code = pytest.main([*ARGUMENTS, *sorted({test.partition("::")[0] for test in tests})], plugins=[chosen])
    return chosen.seen or code != pytest.ExitCode.OK


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Gives one module another source."""

    def __init__(self, module: str, path: str, source: str) -> None:
        self._module, self._path, self._source = module, path, source

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:  # noqa: ARG002
        """Answer for the one module."""
        if fullname != self._module:
            return None
        return importlib.util.spec_from_file_location(
            fullname, self._path, loader=self,
            submodule_search_locations=[str(Path(self._path).parent)] if self._path.endswith("__init__.py") else None,
        )  # fmt: skip

    def get_source(self, fullname: str) -> str:  # noqa: ARG002
        """Return the mutant."""
        return self._source

    def exec_module(self, module: types.ModuleType) -> None:
        """Run the mutant."""
        exec(compile(self._source, self._path, "exec", dont_inherit=True), module.__dict__)  # noqa: S102
