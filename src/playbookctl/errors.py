"""The exception tree and the exit codes. Only the outside world raises; a mistake in a playbook is a finding."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process ends with. README has the same table; a test holds the two equal."""

    DONE = 0
    FINDINGS = 1
    USAGE = 2
    NOT_AUTHENTICATED = 3
    PARTLY_DONE = 4
    SERVER = 5
    REFUSED = 6
    REPO_AHEAD = 20
    SERVER_DRIFTED = 21
    BOTH_MOVED = 22
    NEEDS_HUMAN = 23
    INTERNAL = 70
    INTERRUPTED = 130


PRECEDENCE = (
    ExitCode.INTERRUPTED,
    ExitCode.NOT_AUTHENTICATED,
    ExitCode.SERVER,
    ExitCode.PARTLY_DONE,
    ExitCode.REFUSED,
    ExitCode.FINDINGS,
)


def worst(codes: set[ExitCode]) -> ExitCode:
    """Return the code that speaks for a run in which all of `codes` apply: 130, 3, 5, 4, 6, 1, else 0."""
    return next((code for code in PRECEDENCE if code in codes), ExitCode.DONE)


class PlaybookctlError(Exception):
    """Base of everything this tool raises: `message` says what happened, `hint` what to do; both may be empty of paths.

    `str(error)` is the message alone. `code` is the exit code of the process that ends with it. `request_id` names the
    call in the server's log where an answer made the error.
    """

    code = ExitCode.USAGE
    request_id = ""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(PlaybookctlError):
    """Options or arguments that do not fit together; nothing was sent."""


class ConfigError(PlaybookctlError):
    """A configuration, connectors or data file that cannot be used; nothing was sent."""


class MissingExtra(PlaybookctlError):
    """A command needs packages of an extra that is not installed."""

    def __init__(self, extra: str, package: str) -> None:
        super().__init__(
            f"this needs the package '{package}', which is not installed",
            hint=f"pip install 'playbookctl[{extra}]'",
        )


class AuthError(PlaybookctlError):
    """No credentials, refused credentials, or a token of another tenant."""

    code = ExitCode.NOT_AUTHENTICATED


class WrongTenant(AuthError):
    """The token is good, and belongs to another tenant or application than the environment."""


class Forbidden(AuthError):
    """The token is good, and it lacks the permission for this one call."""


class ServerError(PlaybookctlError):
    """The server cannot be reached or answers nonsense."""

    code = ExitCode.SERVER


class PartlyDone(PlaybookctlError):
    """Some playbooks were written and some were not."""

    code = ExitCode.PARTLY_DONE


class Refused(PlaybookctlError):
    """The plan is unsafe: a threshold, a hold, a conflict, a stale saved plan."""

    code = ExitCode.REFUSED


class Transient(ServerError):
    """A call that was not carried out and may succeed later: throttled, unavailable, or never connected."""


class AnswerLost(ServerError):
    """A write was sent and no answer tells whether it was carried out. Its sender must look before acting again."""


class Rejected(ServerError):
    """The server's no to this one call: `status` is the HTTP status, `pointers` pairs fields with what is wrong."""

    def __init__(
        self, message: str, *, hint: str = "", status: int = 0, pointers: tuple[tuple[str, str], ...] = ()
    ) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.pointers = pointers


class NotFound(Rejected):
    """There is no such object, or it is another tenant's (404)."""


class Stopped(PlaybookctlError):
    """The run was interrupted before this call was sent."""

    code = ExitCode.INTERRUPTED
