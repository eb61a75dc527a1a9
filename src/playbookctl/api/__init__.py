"""The live API. httpx lives here and nowhere else in the pipeline."""

from playbookctl.api.auth import BearerToken, ClientCredentials
from playbookctl.api.client import Client
from playbookctl.api.readonly import WriteAttempted
from playbookctl.transport.retry import RetryPolicy

__all__ = ["BearerToken", "Client", "ClientCredentials", "RetryPolicy", "WriteAttempted"]
