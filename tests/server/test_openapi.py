"""Own routes against their OpenAPI file, by schemathesis: they do what it says, and refuse the rest."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.server.processes import address_of, answered, started

TOKEN = "a-token-of-more-than-32-characters-for-tests"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("openapi")
    arguments = ("serve", "--upstream", "http://127.0.0.1:9", "--port", "0")
    with started(*arguments, cwd=folder, environ={"ASSENT_ADMIN_TOKEN": TOKEN}) as process:
        found = address_of(process)
        answered(f"{found}/_assent/health")
        yield found


@pytest.mark.long
def test_own_routes_do_what_their_description_says(address: str, tmp_path: Path) -> None:
    # What is too large is refused as such, which schemathesis does not expect by itself.
    refused = [400, 401, 403, 404, 405, 406, 413, 415, 429]
    settings = f"[checks.negative_data_rejection]\nexpected-statuses = {refused}\n"
    (tmp_path / "schemathesis.toml").write_text(settings)
    accept = {"json": {"action": "accept_all"}, "headers": {"sec-fetch-site": "same-origin"}}
    chosen = httpx.post(f"{address}/_assent/choice", timeout=60, **accept)  # type: ignore[arg-type]
    cookie = chosen.headers["set-cookie"].partition(";")[0]
    fields = (f"Authorization: Bearer {TOKEN}", "Sec-Fetch-Site: same-origin", f"Cookie: {cookie}")
    headers = [word for field in fields for word in ("--header", field)]
    url = f"{address}/_assent/api/openapi.json"
    command = [sys.executable, "-m", "schemathesis.cli", "run", url, *headers, "--max-examples", "200"]
    ran = subprocess.run([*command, "--no-color"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, (ran.stdout + ran.stderr)[:5000]
    assert "Tested: 11" in ran.stdout
