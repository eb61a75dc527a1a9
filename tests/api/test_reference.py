"""The client against the reference server, which shares no model with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from playbookctl.api import BearerToken, Client, ClientCredentials, RetryPolicy
from playbookctl.errors import AnswerLost, AuthError, NotFound, Rejected, ServerError
from playbookctl.server.embedded import EmbeddedServer
from playbookctl.server.faults import Fault, FaultKind
from playbookctl.server.seed import Seed
from playbookctl.server.tenants import tenant_id_of

if TYPE_CHECKING:
    from collections.abc import Iterator


FAST = RetryPolicy(8, wait_initial=0.001, wait_max=0.01, wait_jitter=0.001)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    with EmbeddedServer(tmp_path_factory.mktemp("api") / "server.db") as running:
        yield running


@pytest.fixture(autouse=True)
def faultless(server: EmbeddedServer) -> Iterator[None]:
    server.faults.counts.clear()
    yield
    server.faults.clear()


@pytest.fixture
def tenant(server: EmbeddedServer, request: pytest.FixtureRequest) -> str:
    tenant_id = tenant_id_of(request.node.name)
    server.seed(Seed({"okta": "okta", "slack": "slack"}, ("soc-lead",)), tenant=tenant_id)
    return tenant_id


@pytest.fixture
def client(server: EmbeddedServer, tenant: str) -> Iterator[Client]:
    with Client(
        server.url, BearerToken(server.token(tenant=tenant)), tenant_id=tenant, may_write=True, page_size=3, policy=FAST
    ) as it:
        yield it


def test_what_is_created_is_listed_read_and_updated(client: Client, tenant: str) -> None:
    made = client.create_playbook({"name": "Phishing", "steps": [{"id": "a", "x": 1.5}], "tags": ["t"]})
    assert made["tenant_id"] == tenant
    assert client.get_playbook(made["id"]) == made
    changed = client.update_playbook(made["id"], {"description": "new"})
    assert changed is not None
    assert (changed["description"], changed["name"]) == ("new", "Phishing")
    assert list(client.list_playbooks()) == [changed]


def test_a_list_is_complete_over_many_pages(client: Client) -> None:
    made = [client.create_playbook({"name": f"P{number}", "tags": [f"n{number % 2}"]})["id"] for number in range(10)]
    assert [row["id"] for row in client.list_playbooks()] == sorted(made)
    assert [row["name"] for row in client.list_playbooks(tags=("n1",))] == ["P1", "P3", "P5", "P7", "P9"]


def test_deleted_playbooks_are_listed_only_when_asked_for(server: EmbeddedServer, tenant: str, client: Client) -> None:
    kept, gone = (client.create_playbook({"name": name})["id"] for name in ("kept", "gone"))
    server.delete(gone, tenant=tenant)
    assert [row["id"] for row in client.list_playbooks()] == [kept]
    assert {row["id"] for row in client.list_playbooks(include_deleted=True)} == {kept, gone}


def test_connectors_and_persons_are_listed(client: Client) -> None:
    assert {row["name"] for row in client.list_connectors()} == {"okta", "slack"}
    assert any("soc-lead" in str(row) for row in client.list_persons())


def test_an_unknown_field_is_rejected_with_its_pointer(client: Client) -> None:
    with pytest.raises(Rejected) as caught:
        client.create_playbook({"name": "x", "nam": "y"})
    assert caught.value.status == 422
    assert [pointer for pointer, _ in caught.value.pointers] == ["/nam"]
    assert "/nam" in caught.value.message
    assert caught.value.request_id


def test_a_missing_playbook_is_not_found(client: Client) -> None:
    with pytest.raises(NotFound):
        client.get_playbook("ply_01J00000000000000000000000")


def test_another_tenants_playbook_is_not_found(server: EmbeddedServer, client: Client) -> None:
    made = client.create_playbook({"name": "x"})
    with Client(server.url, BearerToken(server.token(tenant=tenant_id_of("other")))) as other, pytest.raises(NotFound):
        other.get_playbook(made["id"])


def test_a_token_of_another_tenant_never_reaches_the_server(server: EmbeddedServer, tenant: str) -> None:
    with pytest.raises(AuthError, match=f"but the environment pins tenant '{tenant}'"):
        Client(server.url, BearerToken(server.token(tenant=tenant_id_of("other"))), tenant_id=tenant)


def test_a_token_of_an_application_sees_and_pins_it(server: EmbeddedServer, tenant: str, client: Client) -> None:
    client.create_playbook({"name": "everyone's"})
    token = BearerToken(server.token(tenant=tenant, app_id="app_1"))
    with Client(server.url, token, tenant_id=tenant, app_id="app_1", may_write=True) as bound:
        mine = bound.create_playbook({"name": "mine"})
        assert [row["id"] for row in bound.list_playbooks()] == [mine["id"]]


def test_an_expired_token_is_refused(server: EmbeddedServer) -> None:
    with (
        Client(server.url, BearerToken(server.token(expires_in=-60))) as client,
        pytest.raises(AuthError, match="expired at"),
    ):
        list(client.list_playbooks())


def test_client_credentials_log_in(server: EmbeddedServer, tenant: str) -> None:
    caller = server.operator.caller(tenant)
    with Client(server.url, ClientCredentials(*server.operator.new_client(caller)), tenant_id=tenant) as client:
        assert list(client.list_playbooks()) == []
        assert client.tenant_id == tenant


def test_wrong_client_credentials_are_refused(server: EmbeddedServer) -> None:
    with Client(server.url, ClientCredentials("cli_x", "wrong")) as client, pytest.raises(AuthError, match="401"):
        client.log_in()


FLAKY = (
    Fault(FaultKind.TOO_MANY, chance=0.1, seconds=0.05),
    Fault(FaultKind.FAILURE, chance=0.1),
    Fault(FaultKind.RESET, chance=0.1),
    Fault(FaultKind.CUT_BODY, method="GET", chance=0.1),
)


def test_reads_come_through_a_flaky_network(server: EmbeddedServer, client: Client) -> None:
    made = sorted(client.create_playbook({"name": f"P{number}"})["id"] for number in range(20))
    server.faults.arm(*FLAKY)
    for _ in range(8):
        assert [row["id"] for row in client.list_playbooks()] == made
    assert set(server.faults.counts) >= {fault.kind for fault in FLAKY}


DECEIVING = {
    "a truncated page": (Fault(FaultKind.TRUNCATED_PAGE), "a total of 5, but 4 different rows"),
    "a truncated last page": (Fault(FaultKind.TRUNCATED_PAGE, nth=2), "a total of 5, but 4 different rows"),
}


@pytest.mark.parametrize("fault, said", DECEIVING.values(), ids=DECEIVING.keys())
def test_a_list_with_a_hole_is_noticed(server: EmbeddedServer, client: Client, fault: Fault, said: str) -> None:
    for number in range(5):
        client.create_playbook({"name": f"P{number}"})
    server.faults.arm(fault)
    with pytest.raises(ServerError, match=said):
        list(client.list_playbooks())


def test_a_repeated_row_comes_once(server: EmbeddedServer, client: Client) -> None:
    made = sorted(client.create_playbook({"name": f"P{number}"})["id"] for number in range(5))
    server.faults.arm(Fault(FaultKind.REPEATED_ROW, times=None))
    assert [row["id"] for row in client.list_playbooks()] == made
    assert server.faults.counts[FaultKind.REPEATED_ROW] == 1


def test_a_lost_answer_is_said_and_the_create_is_not_repeated(server: EmbeddedServer, client: Client) -> None:
    server.faults.arm(Fault(FaultKind.LOSE_ANSWER, method="POST"))
    with pytest.raises(AnswerLost):
        client.create_playbook({"name": "x"})
    assert len(list(client.list_playbooks())) == 1
