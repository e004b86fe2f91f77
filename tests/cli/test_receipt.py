"""A receipt, from the visitor's choice to the check that needs nobody."""

import asyncio
import json
from pathlib import Path

import httpx2
import pytest
from click.testing import CliRunner, Result
from starlette.responses import Response

from assent import ConsentMiddleware, Settings
from assent.cli import main

ORIGIN = "https://shop.example"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Holds receipt.jws, receipt.json and jwks.json as a visitor saved them, and the site's data."""

    async def save() -> None:
        app = ConsentMiddleware(Response(b"site"), settings=Settings(data_dir=tmp_path / "assent-data"))
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=ORIGIN) as visitor:
            await visitor.post("/_assent/choice", json={"action": "save", "categories": ["analytics"]})
            receipt = await visitor.get("/_assent/receipt")
            (tmp_path / "receipt.jws").write_bytes(receipt.content)
            flat = await visitor.get("/_assent/receipt", headers={"accept": "application/json"})
            (tmp_path / "receipt.json").write_bytes(flat.content)
            (tmp_path / "jwks.json").write_bytes(
                (await visitor.get("/_assent/.well-known/jwks.json")).content
            )
        await app.close()

    asyncio.run(save())
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("file", ["receipt.jws", "receipt.json"])
@pytest.mark.parametrize("keys", [["--keys", "jwks.json"], []], ids=["the saved keys", "the site's own keys"])
def test_a_receipt_holds(folder: Path, file: str, keys: list[str]) -> None:
    result = run("receipt", "verify", file, *keys)
    assert result.exit_code == 0
    assert result.stdout.startswith(f"ok: {ORIGIN} recorded at 20")
    assert "allowed analytics\n" in result.stdout
    assert 'by The button "Save My Preferences"' in result.stdout


def test_a_changed_receipt_does_not(folder: Path) -> None:
    text = (folder / "receipt.jws").read_text()
    middle = len(text) // 2
    (folder / "changed.jws").write_text(
        text[:middle] + ("A" if text[middle] != "A" else "B") + text[middle + 1 :]
    )
    result = run("receipt", "verify", "changed.jws", "--keys", "jwks.json")
    assert result.exit_code == 1
    assert "the receipt does not hold" in result.stderr


def test_another_sites_keys_do_not_verify_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "ASSENT_SECRET_KEYS", json.dumps(["another site's secret key of 32 or more".replace(" ", "-")])
    )
    result = run("receipt", "verify", "receipt.jws")
    assert result.exit_code == 1
    assert "not among those known" in result.stderr


def test_without_any_keys_it_says_where_to_get_them(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSENT_DATA_DIR", "elsewhere")
    result = run("receipt", "verify", "receipt.jws")
    assert result.exit_code == 2
    assert ".well-known/jwks.json" in result.stderr
    assert not (folder / "elsewhere").exists()


def test_keys_that_are_none_are_a_usage_error(folder: Path) -> None:
    (folder / "bad.json").write_text("{}")
    assert run("receipt", "verify", "receipt.jws", "--keys", "bad.json").exit_code == 2
