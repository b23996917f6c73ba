"""What answers in Looker's place: each neighbour of a login is a matter of configuration, with advice of its own."""

import asyncio
from pathlib import Path

import pytest

from looker_tasks import DashboardExport, HostUnreachable, LookerTasks
from looker_tasks.errors import CredentialsRefused
from tests.aio.raw_server import raw_server, response, said, saying
from tests.cli.program import PATIENCE, PROGRAM, environment

PAGE = {"Content-Type": "text/html"}
NEIGHBOURS = {
    "moved to https": (
        response(301, b"", {"Location": "https://l.example.com/api/4.0/login"}),
        "base_url should be https://l.example.com:",
    ),
    "moved for good": (
        said({}, 308, {"Location": "https://l.example.com:19999/api/4.0/login"}),
        "base_url should be https://l.example.com:19999:",
    ),
    "a login page": (response(302, b"", {"Location": "/login?next=%2Fapi"}), "page for people to log in"),
    "single sign-on": (
        response(303, b"", {"Location": "https://sso.example.com/saml?x=1"}),
        "page for people to log in",
    ),
    "no such method": (response(405, b"<html>nginx", PAGE), "POST"),
    "not acceptable": (response(406, b""), "not Looker's API"),
    "a proxy": (response(407, b"", {"Proxy-Authenticate": "Basic"}), "HTTPS_PROXY=http://user:password@host:port"),
    "gone": (said({"message": "Gone"}, 410), "api_version 4.0"),
    "no form": (response(415, b""), "forms"),
    "teapot": (said({"message": "I'm a teapot"}, 418), "not Looker's API"),
    "another name": (response(421, b""), "as its certificate has it"),
    "upgrade": (response(426, b"", {"Upgrade": "TLS/1.2"}), "https://"),
    "a captive portal": (response(511, b"<html>", PAGE), "captive portal"),
    "not implemented": (response(501, b""), "not Looker's API"),
    "a page": (response(200, b"<!doctype html><title>Welcome</title>", PAGE), "login page"),
    "a page that forbids": (response(403, b"<html>Forbidden", PAGE), "login page"),
    "no HTTP": (b"220 mail.example.com ESMTP\r\n\r\n", "does not speak HTTP"),
}


@pytest.mark.virtual_time
@pytest.mark.parametrize("name", NEIGHBOURS)
async def test_a_neighbour_of_a_login_is_told_with_its_own_advice(tmp_path: Path, name: str) -> None:
    """Nothing was created, and nothing is said of an export's filters."""
    answer, advice = NEIGHBOURS[name]
    async with raw_server(saying(answer)) as url, LookerTasks(url, "me", "hush-hush-hush") as client:
        with pytest.raises(HostUnreachable, match=f"no Looker answers at {url}: login: ") as raised:
            await client.export(DashboardExport("1", "pdf"), tmp_path / "a.pdf")
    assert advice in raised.value.advice
    assert "export" not in raised.value.advice
    assert "\n" not in f"{raised.value}{raised.value.advice}"


@pytest.mark.virtual_time
@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
async def test_what_looker_says_of_credentials_is_about_them(tmp_path: Path, status: int) -> None:
    """In JSON, as no gateway does."""
    async with (
        raw_server(saying(said({"message": "Not found"}, status))) as url,
        LookerTasks(url, "me", "hush") as client,
    ):
        with pytest.raises(CredentialsRefused) as raised:
            await client.export(DashboardExport("1", "pdf"), tmp_path / "a.pdf")
    assert "client_secret" in raised.value.advice


async def test_the_command_ends_with_status_2_and_one_line(tmp_path: Path) -> None:
    """The advice follows what happened."""
    (tmp_path / "m.csv").write_text("dashboard,format,name\n1,pdf,one.pdf\n")
    async with raw_server(saying(NEIGHBOURS["moved to https"][0])) as url:
        settings = {"LOOKERSDK_BASE_URL": url, "LOOKERSDK_CLIENT_ID": "me", "LOOKERSDK_CLIENT_SECRET": "hush"}
        process = await asyncio.create_subprocess_exec(
            *PROGRAM, "export", "m.csv", "--out", "o", cwd=tmp_path, env=environment(settings), stdout=-1, stderr=-1
        )
        out, err = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert (process.returncode, out) == (2, b"")
    assert err.decode() == (
        f"looker-tasks: no Looker answers at {url}: login: 301 a redirection to https://l.example.com/api/4.0/login. "
        "base_url should be https://l.example.com: the server redirects there.\n"
    )
