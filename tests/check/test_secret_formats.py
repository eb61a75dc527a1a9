"""Tokens are put together here, so that no scanner takes this file for a leak. None of them was ever issued."""

from __future__ import annotations

import time

import pytest

from playbookctl.check.assigned_secrets import assigned_secret
from playbookctl.check.secret_formats import FORMATS, holds_secret, is_secret, known_format
from playbookctl.check.secret_traces import traces

A, HEX, MIXED = "Ab3" * 40, "0af9" * 40, "aB3dE5fG7" * 20
TOKENS = {
    "a private key": "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIE",
    "an AWS access key": "AKIA" + "Q3EGUNW7" * 2,
    "a temporary AWS access key": "ASIA" + "Q3EGUNW7" * 2,
    "a GitHub token": "ghp_" + MIXED[:36],
    "a GitLab token": "glpat-" + MIXED[:20],
    "a Slack token": "xoxb-" + "1234567890-" * 2 + MIXED[:24],
    "a Slack app token": "xapp-1-" + MIXED[:40],
    "a Slack webhook": "https://hooks.slack.com/services/" + "T0AB12CD3/B0AB12CD3/" + MIXED[:24],
    "a Teams webhook": "https://tenant.webhook.office.com/webhookb2/" + HEX[:60],
    "a Discord webhook": "https://discord.com/api/webhooks/" + "1234567890/" + MIXED[:60],
    "a Telegram bot token": "123456789:AA" + MIXED[:33],
    "a Google API key": "AIza" + MIXED[:35],
    "a Google client secret": "GOCSPX-" + MIXED[:28],
    "a Stripe key": "sk_live_" + MIXED[:24],
    "a SendGrid key": "SG." + MIXED[:22] + "." + MIXED[:43],
    "an npm token": "npm_" + MIXED[:36],
    "a PyPI token": "pypi-AgEIcHlwaS5vcmc" + MIXED[:60],
    "a Vault token": "hvs." + MIXED[:30],
    "a DigitalOcean token": "dop_v1_" + HEX[:64],
    "a Databricks token": "dapi" + HEX[:32],
    "an Atlassian token": "ATATT3" + MIXED[:120],
    "an Anthropic key": "sk-ant-" + MIXED[:60],
    "an OpenAI key": "sk-" + MIXED[:24] + "T3BlbkFJ" + MIXED[:24],
    "an Azure storage key": "AccountKey=" + MIXED[:86] + "==",
    "an Azure signature": "sv=2022&sig=" + MIXED[:43] + "%3D",
    "a JSON web token": "eyJ" + MIXED[:20] + ".eyJ" + MIXED[:30] + "." + MIXED[:43],
    "a bearer token": "Authorization: Bearer " + MIXED[:30],
    "an API token": "SSWS " + MIXED[:42],
    "credentials": "Basic " + "cmVhZGVyOnNvbW1lcjIw" + "Mg==",
    "a password for curl": "curl -s -u reader:" + "hunter22 https://x.internal",
    "a password in a URL": "postgres://reader:" + "hunter22@db.internal/soc",
}


@pytest.mark.parametrize("name", TOKENS)
def test_a_token_is_found_in_the_middle_of_a_text(name: str) -> None:
    found = known_format(f"use {TOKENS[name]} for it")
    assert found is not None
    assert found[0] == name


def test_every_format_has_a_token_here() -> None:
    assert {form.name for form in FORMATS} == set(TOKENS)


@pytest.mark.parametrize("name", TOKENS)
def test_a_marker_is_part_of_every_token_of_its_format(name: str) -> None:
    assert any(form.marker in TOKENS[name] for form in FORMATS if form.name == name)


@pytest.mark.parametrize("name", TOKENS)
@pytest.mark.parametrize("around", ["{}", "use {} for it", "ü{}", "({})", "'{}'", "a\n{}\nb", "x" * 300 + "\t{}"])
def test_every_token_leaves_a_trace_wherever_it_stands(name: str, around: str) -> None:
    text = around.format(TOKENS[name])
    for document in ({"a": text}, {"a": ["b", {"c": 1, "d": text}]}, {"a": {text: None}}, {"a": text, "b": text}):
        assert name in {form.name for form in traces(document).formats}


@pytest.mark.parametrize(
    "document, is_named, is_said",
    [
        ({"name": "Reset a password", "steps": [{"id": "token"}]}, False, False),
        ({"with": {"apiKey": "x"}}, True, False),
        ({"x": [[{"y": {"Archive Password (Optional)": 1}}]]}, True, False),
        ({"inputs": [{"name": "ZipPassword", "default": "x"}]}, True, False),
        ({"inputs": [{"name": "ZipPassword"}]}, False, False),
        ({"a": "curl -d 'api_key' = x1"}, False, True),
        ({"a": '{"client_secret" : "x1"}'}, False, True),
        ({"a": "X-Api-Key: x1"}, False, True),
        ({"a": "the tokens: x"}, False, False),
        ({"a": "token"}, False, False),
        ({"a": {1, 2}, "token": 1}, True, False),
    ],
)
def test_names_leave_a_trace_too(document: dict[str, object], *, is_named: bool, is_said: bool) -> None:
    assert traces(document)[1:] == (is_named, is_said)


@pytest.mark.parametrize(
    "text",
    [
        "AKIA" + "IOSFODNN7" + "EXAMPLE",
        "AKIA is how an AWS key begins",
        "ghp_ followed by 36 characters",
        "ghp_" + "x" * 36,
        "https://intel.internal/lookup?host=a:b@c",
        "https://{{ secrets.user }}:{{ secrets.password }}@intel.internal",
        "https://<user>:<password>@intel.internal",
        "Bearer {{ secrets.token }}",
        "Bearer authentication-is-used-here",
        "the task xox is done",
        "curl -s https://x.internal -u $USER:$PASSWORD",
        "curl -u {{ secrets.user }}:{{ secrets.password }} https://x.internal",
        "curl the page, then run job -u soc:all",
        "10.0.0.1:AAAA",
        "2f7c1b" * 8,
        "deadbeef" * 8,
    ],
)
def test_what_only_looks_a_little_like_one_is_none(text: str) -> None:
    assert known_format(text) is None


@pytest.mark.parametrize(
    "field, holds",
    [
        ("password", True),
        ("ZipPassword", True),
        ("Archive Password (Optional)", True),
        ("client_secret", True),
        ("apiKey", True),
        ("API-Key", True),
        ("x-auth-token", True),
        ("Authorization", True),
        ("password_reset", False),
        ("maxPasswordAge", False),
        ("Project Key", False),
        ("token_type", False),
        ("secretary", False),
        ("contextKey", False),
        ("key", False),
        ("", False),
    ],
)
def test_a_field_is_told_by_the_end_of_its_name(field: str, holds: bool) -> None:
    assert holds_secret(field) is holds


@pytest.mark.parametrize(
    "field, value, expected",
    [
        ("password", "Sommer2026!", True),
        ("password", "hunter", True),
        ("password", "Ab1!", True),
        ("password", "Ab1", False),
        ("password", "{{ secrets.x }}", False),
        ("password", "pre{{ secrets.x }}", False),
        ("password", "infected", False),
        ("password", "changeme", False),
        ("password", "<your password>", False),
        ("password", "********", False),
        ("password", "xxxxxxxx", False),
        ("password", "true", False),
        ("password", "90", False),
        ("password", "Ask the owner of the host", False),
        ("password", "vault://soc/edr", False),
        ("password", "$EDR_PASSWORD", False),
        ("password", "[Input.Password]", False),
        ("password", "QZ5pFYNxaUmPMgNmo/Vg8A==.qu/wTK8dw0WqXmmFP5V", False),
        ("password", "ENC[AES256_GCM,data:abc]", False),
        ("api_key", "9f8c7b6a5d4e3f2a1b0c9d8e", True),
        ("api_key", "reader", False),
        ("api_key", "this is said elsewhere", False),
        ("token", "soc-enrichment-token", False),
        ("token", "a1b2c3", False),
    ],
)
def test_a_value_is_a_secret_if_it_is_one_itself(field: str, value: str, expected: bool) -> None:
    assert is_secret(field, value) is expected


SECRET = MIXED[:32]


@pytest.mark.parametrize(
    "text, name, length",
    [
        (f"Server=db;Uid=soc;Pwd={MIXED[:10]};Encrypt=yes", "Pwd", 10),
        (f"https://intel.internal/v1?x=1&api_key={SECRET}&y=2", "api_key", 32),
        (f"X-Api-Key: {SECRET}", "X-Api-Key", 32),
        (f"export API_TOKEN={SECRET}", "API_TOKEN", 32),
        (f'{{"client_secret": "{SECRET}"}}', "client_secret", 32),
        (f"log in as reader, password: {MIXED[:10]}", "password", 10),
        (f"aws_secret_access_key = {MIXED[:40]}", "aws_secret_access_key", 40),
    ],
)
def test_a_text_that_says_what_it_holds_is_read(text: str, name: str, length: int) -> None:
    assert assigned_secret(text) == (name, length)


@pytest.mark.parametrize(
    "text",
    [
        "Reset the password: the user gets a mail",
        "password: T1110.001 and others",
        "password: see https://vault.internal/Soc1",
        "Pwd={{ secrets.db }};",
        "Pwd=$DB_PASSWORD1;",
        "token=<your-token-1>",
        "api_key=changeme12345678",
        "the token: abcdefghijklmnopqrstuvwxyz",
        "token_count=12345678901234567890",
        "secret: vault:v1:AbC123",
        "monkey=banana123456789012345",
        "password=short1",
        f"{SECRET} stands alone",
        "",
    ],
)
def test_a_text_that_only_speaks_of_secrets_holds_none(text: str) -> None:
    assert assigned_secret(text) is None


def test_a_text_made_of_nothing_but_names_is_read_in_a_moment() -> None:
    began = time.process_time()
    assert assigned_secret("key=" * 100_000) is None
    assert assigned_secret("token:" * 100_000) is None
    assert time.process_time() - began < 5
