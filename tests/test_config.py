"""looker.ini and LOOKERSDK_*: the same as the official SDK reads, and each mistake told by its place."""

import configparser
import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from unittest.mock import patch

import pytest
from attrs import asdict
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from looker_sdk.rtl.api_settings import ApiSettings

from looker_tasks.config import ENV_PREFIX, Overrides, Settings, read_api_version, read_settings
from looker_tasks.errors import ConfigurationError
from looker_tasks.policy import Deadlines, Policy, Retry

SECRET = "s3cret-of-the-test"
COMPLETE = {
    "LOOKERSDK_BASE_URL": "https://looker.example.com",
    "LOOKERSDK_CLIENT_ID": "an-id",
    "LOOKERSDK_CLIENT_SECRET": SECRET,
}
INI = f"""
[Looker]
base_url = "https://first.example.com:19999/"
client_id = 'the id'
client_secret = {SECRET}
verify_ssl = No
timeout = 7

[Other]
base_url=https://other.example.com
client_id=other
client_secret=other-secret
"""

QUOTED = ["", '""', "''", "plain", '"quoted"', "'single'", 'half"', "50%", "50%%", "%(base_url)s"]
VALUES = {
    "base_url": st.sampled_from(
        ["", "https://a.example.com", '"https://b.example.com:19999"', "'https://c.example.com"]
    ),
    "client_id": st.sampled_from(QUOTED),
    "client_secret": st.sampled_from(QUOTED),
    "verify_ssl": st.sampled_from(["", "yes", "No", "Y", '"f"', "0", "1", "TRUE", "maybe"]),
    "timeout": st.sampled_from(["", "12", "'30'", "1.5", " 9 ", "07", "1_0", "soon"]),
}
IGNORED = {"CLIENT_ID": st.sampled_from(QUOTED), "api_version": st.just("3.1"), "redirect_uri": st.just("x")}
SECTIONS = st.dictionaries(
    st.sampled_from(["Looker", "DEFAULT", "Other"]), st.fixed_dictionaries({}, optional=VALUES | IGNORED), max_size=3
)
VARIABLES = st.fixed_dictionaries(
    {}, optional={ENV_PREFIX + name.upper(): value.map(str.strip) for name, value in VALUES.items()}
)


FILLING = Overrides(base_url="https://filled.example.com", client_id="filled", client_secret="filled")


@pytest.fixture
def ini(tmp_path: Path) -> Path:
    """Write a looker.ini with two sections."""
    path = tmp_path / "looker.ini"
    path.write_text(INI)
    return path


def official(ini: Path, section: str | None, environ: Mapping[str, str]) -> dict[str, object] | None:
    """Read as the official SDK does; None where it refuses."""
    with patch.dict(os.environ, environ, clear=True), warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # it leaves a file open that it cannot parse
        try:
            read = ApiSettings(filename=str(ini), section=section, env_prefix=ENV_PREFIX.rstrip("_"))
            return {**read.read_config(), "verify_ssl": read.verify_ssl, "timeout": read.timeout}
        except (configparser.Error, ValueError, TypeError, IndexError):
            return None


def sent_elsewhere(ini: Path, section: str | None, environ: Mapping[str, str]) -> bool:
    """Return whether the secret of the file would go to the address of a variable, or the other way round."""
    variables = {ENV_PREFIX + name.upper(): name for name in ("base_url", "client_secret")}
    others = {variable: value for variable, value in environ.items() if variable not in variables}
    both, file = official(ini, section, environ), official(ini, section, others)
    if both is None or file is None or not {"base_url", "client_secret"} <= both.keys():
        return False
    from_environ = {name for variable, name in variables.items() if environ.get(variable)} & both.keys()
    return len(from_environ) == 1 and any(name in file and file[name] != both[name] for name in variables.values())


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sections=SECTIONS, section=st.sampled_from([None, "", "Looker", "Other"]), environ=VARIABLES)
@example(sections={"Looker": {"verify_ssl": "no"}}, section=None, environ={"LOOKERSDK_VERIFY_SSL": '""'})
@example(
    sections={"Looker": {"timeout": "1.5", "base_url": "https://b.example.com", "client_secret": "plain"}},
    section=None,
    environ={"LOOKERSDK_BASE_URL": "https://a.example.com", "LOOKERSDK_TIMEOUT": "12"},
)
@example(
    sections={"Looker": {"client_id": "%(base_url)s", "base_url": "https://x.example.com"}}, section=None, environ={}
)
def test_it_reads_what_the_official_sdk_reads(
    tmp_path: Path, sections: dict[str, dict[str, str]], section: str | None, environ: dict[str, str]
) -> None:
    """Any file and variables give the same five settings as in the official SDK, or are refused by both."""
    ini = tmp_path / "looker.ini"
    ini.write_text(
        "".join(f"[{name}]\n" + "".join(f"{k}={v}\n" for k, v in keys.items()) for name, keys in sections.items())
    )
    theirs = official(ini, section, environ)
    filling = Overrides(**{name: value for name, value in FILLING.items() if name not in (theirs or ())})  # type: ignore[typeddict-item]  # a part of FILLING
    if theirs is None or sent_elsewhere(ini, section, environ):  # which they do
        with pytest.raises(ConfigurationError):
            read_settings(ini=ini, section=section, environ=environ, **filling)
        return
    ours = asdict(read_settings(ini=ini, section=section, environ=environ, **filling))
    assert {name: ours[name] for name in VALUES} == {
        **FILLING,
        **{name: theirs[name] for name in VALUES if name in theirs},
    }


def test_the_first_section_is_read_unless_one_is_named(ini: Path) -> None:
    """The section defaults to the first of the file; quotes and the address's last slash go."""
    assert read_settings(ini=ini, environ={}) == Settings(
        "https://first.example.com:19999", "the id", SECRET, verify_ssl=False, timeout=7
    )
    assert read_settings(ini=ini, section="Other", environ={}).base_url == "https://other.example.com"


def test_variables_go_over_the_file_and_arguments_over_both(ini: Path) -> None:
    """Precedence is file, then variable, then argument; an empty variable or a None is not there."""
    environ = {"LOOKERSDK_CLIENT_ID": "from-env", "LOOKERSDK_TIMEOUT": "", "LOOKERSDK_VERIFY_SSL": "yes"}
    read = read_settings(ini=ini, environ=environ, client_id=None, timeout=3, verify_ssl=False)
    assert (read.client_id, read.timeout, read.verify_ssl) == ("from-env", 3, False)
    assert read_settings(ini=ini, environ=environ, client_id="argument").client_id == "argument"


@pytest.mark.parametrize("missing", ["looker.ini", "../looker.ini", ""])
def test_a_default_file_may_be_missing(missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the official SDK's two default names may lead to nothing; the variables are enough then."""
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    assert read_settings(ini=missing, environ=COMPLETE) == Settings("https://looker.example.com", "an-id", SECRET)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "looker.ini: it has no section; expected a first line such as [Looker]"),
        ("client_secret=s3cret-of-the-test", "line 1 stands before the first section"),
        ("[A]\ns3cret-of-the-test\n", "line 2 is not of the form key=value"),
        (
            "[A]\nclient_secret=s3cret-of-the-test\nclient_secret=s3cret-of-the-test",
            "line 3: [A] has client_secret twice",
        ),
        ("[A]\n[A]\n", "line 2: the section [A] is there twice"),
        ("[A]\nclient_secret=s3cret-of-the-test%\n", "looker.ini [A] client_secret: a % stands alone; write %%"),
        (
            "[A]\nverify_ssl=perhaps",
            "looker.ini [A] verify_ssl: 'perhaps' is not one of yes, y, true",
        ),
        ("[A]\ntimeout=soon", "looker.ini [A] timeout: 'soon' is not a whole number of seconds"),
        (
            "[A]\nclient_id=x\nclient_secret=x\nbase_url=s3cret-of-the-test",
            "looker.ini [A] base_url: expected an address such as https://",
        ),
        (
            "[A]\nclient_id=x\nclient_secret=x\nbase_url=https://u:s3cret-of-the-test@x",
            "without a user, a query or a fragment",
        ),
    ],
)
def test_a_wrong_file_is_told_by_its_place_and_never_by_a_secret(text: str, complaint: str, tmp_path: Path) -> None:
    """Each mistake in looker.ini names the file with line or key, on one line that quotes no secret."""
    path = tmp_path / "looker.ini"
    path.write_text(text)
    with pytest.raises(ConfigurationError) as raised:
        read_settings(ini=path, environ={} if "base_url" in text else COMPLETE)
    assert complaint in str(raised.value)
    assert str(raised.value).startswith(str(path))
    assert SECRET not in repr(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A missing file, a folder and bytes that are no text are refused by the file's name."""
    (tmp_path / "bytes.ini").write_bytes(b"[A]\nclient_id=\xff\n")
    for name, complaint in {"none.ini": "no such file", "": "directory", "bytes.ini": "UTF-8"}.items():
        with pytest.raises(ConfigurationError, match=complaint) as raised:
            read_settings(ini=tmp_path / name, environ=COMPLETE)
        assert str(raised.value).startswith(str(tmp_path / name))


def test_an_unknown_section_names_those_there_are(ini: Path) -> None:
    """A section that is not in the file is refused with the ones that are."""
    with pytest.raises(ConfigurationError, match=r"no section \[Production\]; it has Looker, Other"):
        read_settings(ini=ini, section="Production", environ={})


@pytest.mark.parametrize("name", ["base_url", "client_id", "client_secret"])
def test_a_missing_setting_says_where_to_put_it(name: str) -> None:
    """Without one of the three that nobody can guess, both places for it are named."""
    variable = ENV_PREFIX + name.upper()
    with pytest.raises(ConfigurationError, match=rf"{name} is not set: .* looker\.ini .* {variable}"):
        read_settings(ini="", environ={key: value for key, value in COMPLETE.items() if key != variable})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://x.example.com/", "https://x.example.com"),
        ("HTTPS://x.example.com:19999//", "https://x.example.com:19999"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("https://gateway.example.com/looker/", "https://gateway.example.com/looker"),
        ("https://x.example.com/apiary", "https://x.example.com/apiary"),
        ("https://gateway.example.com/api/looker", "https://gateway.example.com/api/looker"),
        ("https://gateway.example.com/api/looker/", "https://gateway.example.com/api/looker"),
        (" https://x.example.com/\n", "https://x.example.com"),
        ("\ufeffhttps://x.example.com\u200b", "https://x.example.com"),
        ("https://b\u00fccher.example.com", "https://b\u00fccher.example.com"),
        ("https://x.example.com.", "https://x.example.com."),
        ("https://looker_1", "https://looker_1"),
    ],
)
def test_an_address_loses_its_last_slash_alone(value: str, expected: str) -> None:
    """Host, port and a gateway's path stay as they are written."""
    assert read_settings(ini="", environ=COMPLETE, base_url=value).base_url == expected


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ("x.example.com", "expected an address such as https://"),
        ("x.example.com:19999", "expected an address such as https://"),
        ("ftp://x.example.com", "expected an address"),
        ("https://", "expected an address"),
        ("https://x:port", "expected an address"),
        ("https://x:0", "expected an address"),
        ("https://[::1", "expected an address"),
        ("https://x. example.com", "expected an address"),
        ("https://looker..example.com", "expected an address"),
        ("https://.example.com", "expected an address"),
        ("https://" + "x" * 64 + ".example.com", "expected an address"),
        ("https://x_y!.example.com", "expected an address"),
        ("https://b\u00fc..example.com", "expected an address"),
        ("https://x\udcff.example.com", "expected an address"),
        ("https://x.example.com?token=1", "without a user, a query or a fragment"),
        ("https://x.example.com/api/4.0", ".*x.example.com.api.4.0. names the API; expected https://x.example.com$"),
        ("https://x.example.com/api/", "names the API; expected https://x.example.com$"),
        ("https://x.example.com/api", "names the API; expected https://x.example.com$"),
        ("https://x.example.com/api/4.0/login", "names the API; expected https://x.example.com$"),
        ("https://x.example.com/looker/api/3.1/", "names the API; expected https://x.example.com/looker$"),
    ],
)
def test_a_wrong_address_is_refused(value: str, complaint: str) -> None:
    """What is no address, or holds more than one, is refused with an example or with the right one."""
    with pytest.raises(ConfigurationError, match=f"^LOOKERSDK_BASE_URL: .*{complaint}"):
        read_settings(ini="", environ={**COMPLETE, "LOOKERSDK_BASE_URL": value})


@pytest.mark.parametrize("timeout", ["0", "-5", "1.5", "1e3", "²", "9" * 5000])
def test_a_timeout_is_a_number_of_seconds(timeout: str) -> None:
    """No timeout at all, and what is no whole number, are refused by the variable's name."""
    with pytest.raises(ConfigurationError, match=r"^LOOKERSDK_TIMEOUT: .* at least 1$"):
        read_settings(ini="", environ={**COMPLETE, "LOOKERSDK_TIMEOUT": timeout})


def test_the_api_version_comes_from_its_variable_or_an_argument() -> None:
    """LOOKERSDK_API_VERSION is read as the SDKs for other languages read it, and checked."""
    environ = {**COMPLETE, "LOOKERSDK_API_VERSION": "3.1"}
    assert read_settings(ini="", environ=environ).api_version == "3.1"
    assert read_settings(ini="", environ=environ, api_version="4.0").api_version == "4.0"
    assert (read_api_version(environ), read_api_version({})) == ("3.1", "4.0")
    with pytest.raises(ConfigurationError, match=r"LOOKERSDK_API_VERSION: '4' is not one of 4\.0, 3\.1"):
        read_api_version({"LOOKERSDK_API_VERSION": "4"})


FULL = "[Production]\nbase_url=https://production.example.com\nclient_id=an-id\nclient_secret=secret-of-production\n"


@pytest.mark.parametrize(
    "environ",
    [
        {"LOOKERSDK_BASE_URL": "https://staging.example.com"},
        {"LOOKERSDK_CLIENT_SECRET": "another"},
        {"LOOKERSDK_CLIENT_SECRET": "another", "LOOKERSDK_CLIENT_ID": "another"},
        {"LOOKERSDK_BASE_URL": "https://staging.example.com", "LOOKERSDK_CLIENT_ID": "another"},
    ],
)
def test_the_secret_of_one_place_is_not_sent_to_the_address_of_another(environ: dict[str, str], tmp_path: Path) -> None:
    """Where both have their own, they are two Lookers: refused, by the names of both places and without the secret."""
    ini = tmp_path / "looker.ini"
    ini.write_text(FULL)
    with pytest.raises(
        ConfigurationError, match=r"base_url is that of .*client_secret that of .*nothing was sent"
    ) as told:
        read_settings(ini=ini, environ=environ)
    assert "LOOKERSDK_" in str(told.value)
    assert "[Production]" in str(told.value)
    assert "secret-of-production" not in str(told.value)


@pytest.mark.parametrize(
    ("text", "environ", "explicit"),
    [
        ("[A]\nbase_url=https://a.example.com\n", {"LOOKERSDK_CLIENT_ID": "x", "LOOKERSDK_CLIENT_SECRET": "y"}, {}),
        ("[A]\nclient_id=x\nclient_secret=y\n", {"LOOKERSDK_BASE_URL": "https://a.example.com"}, {}),
        (FULL, {"LOOKERSDK_BASE_URL": "https://production.example.com/"}, {}),
        (FULL, COMPLETE, {}),
        (FULL, {"LOOKERSDK_CLIENT_ID": "another"}, {}),
        (FULL, {}, {"base_url": "https://emulator.example.com"}),
    ],
)
def test_places_that_complete_each_other_are_one_looker(
    text: str, environ: dict[str, str], explicit: Overrides, tmp_path: Path
) -> None:
    """The address in a file and the secret in a variable, all in variables, and what code says."""
    ini = tmp_path / "looker.ini"
    ini.write_text(text)
    assert read_settings(ini=ini, environ=environ, **explicit).client_secret


@pytest.mark.parametrize(("section", "is_told"), [("Production", True), (None, True)])
def test_a_file_that_was_named_and_is_overruled_is_told(section: str | None, is_told: bool, tmp_path: Path) -> None:
    """Whoever says --ini or --section learns which variables stand over it."""
    ini = tmp_path / "production.ini"
    ini.write_text(FULL)
    read = read_settings(ini=ini, section=section, environ=COMPLETE)
    assert (
        f"{ini} [Production] is overruled by LOOKERSDK_BASE_URL, LOOKERSDK_CLIENT_SECRET" in read.warnings
    ) is is_told


def test_a_file_that_nobody_named_is_overruled_silently(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is the official SDK's precedence; each run says which Looker it talks to."""
    monkeypatch.chdir(tmp_path)
    Path("looker.ini").write_text(FULL)
    read = read_settings(environ=COMPLETE)
    assert read.warnings == ()
    assert read.description == "https://looker.example.com as an-id"


@pytest.mark.parametrize("padded", ["{} ", " {}", "{}\n", "{}\r\n", "\ufeff{}", "{}\u200b", "{}\xa0"])
def test_what_came_along_with_a_pasted_secret_is_taken_off_and_told(padded: str) -> None:
    """A line end of a file, a blank, a mark that nobody sees."""
    environ = {**COMPLETE, "LOOKERSDK_CLIENT_SECRET": padded.format(SECRET)}
    read = read_settings(ini="", environ=environ)
    assert read.client_secret == SECRET
    assert read.warnings == (
        "LOOKERSDK_CLIENT_SECRET: blanks, line ends or invisible characters around it were taken off",
    )


@pytest.mark.parametrize("secret", ["\udcff", "two\nlines", "a\x00b", " ", "\ufeff"])
def test_what_no_secret_can_be_is_refused(secret: str) -> None:
    """By the variable's name, never by a traceback, and without a part of it."""
    with pytest.raises(ConfigurationError, match=r"^LOOKERSDK_CLIENT_SECRET: (it is|there is|expected)"):
        read_settings(ini="", environ={**COMPLETE, "LOOKERSDK_CLIENT_SECRET": secret})


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    """As editors of Windows write it."""
    ini = tmp_path / "looker.ini"
    ini.write_text(FULL, encoding="utf-8-sig")
    assert read_settings(ini=ini, environ={}).client_id == "an-id"


@pytest.mark.parametrize(
    ("variable", "warning"),
    [
        ("LOOKERSDK_BASEURL", "LOOKERSDK_BASEURL is not read; is LOOKERSDK_BASE_URL meant?"),
        ("LOOKERSDK_CLIENTSECRET", "LOOKERSDK_CLIENTSECRET is not read; is LOOKERSDK_CLIENT_SECRET meant?"),
        ("lookersdk_client_id", "lookersdk_client_id is not read; is LOOKERSDK_CLIENT_ID meant?"),
        ("LOOKERSDK_VERIFYSSL", "LOOKERSDK_VERIFYSSL is not read; is LOOKERSDK_VERIFY_SSL meant?"),
        ("LOOKERSDK_XYZZY", "LOOKERSDK_XYZZY is not read"),
    ],
)
def test_a_variable_that_is_misspelled_is_pointed_out(variable: str, warning: str) -> None:
    """It would be ignored without a word, and another Looker be asked."""
    assert read_settings(ini="", environ={**COMPLETE, variable: "x"}).warnings == (warning,)


@pytest.mark.parametrize("variable", ["LOOKERSDK_BASEURL", "LOOKER_BASE_URL", "LOOKERSDK_BASE_URI"])
def test_a_missing_setting_points_at_a_variable_that_was_meant(variable: str) -> None:
    """Where nothing stands under the right name."""
    environ = {name: value for name, value in COMPLETE.items() if name != "LOOKERSDK_BASE_URL"}
    with pytest.raises(ConfigurationError, match=rf"base_url is not set: .*\({variable} is set, but not read\)"):
        read_settings(ini="", environ={**environ, variable: "https://x.example.com"})


@pytest.mark.parametrize(
    ("base_url", "verify_ssl", "words"),
    [
        ("http://looker.example.com", True, "without TLS"),
        ("https://looker.example.com", False, "verify_ssl is off"),
        ("https://looker.example.com", True, ""),
        ("http://127.0.0.1:8000", False, ""),
        ("http://localhost:8000", True, ""),
    ],
)
def test_what_lets_others_listen_is_told(base_url: str, verify_ssl: bool, words: str) -> None:
    """Once, and not of an emulator on this machine."""
    read = read_settings(ini="", environ={}, base_url=base_url, client_id="x", client_secret="y", verify_ssl=verify_ssl)
    assert [words in warning for warning in read.warnings] == [True] * bool(words)


def test_the_timeout_is_that_of_each_call() -> None:
    """Also beside a policy of one's own, unless that says otherwise for calls."""
    read = read_settings(ini="", environ={**COMPLETE, "LOOKERSDK_TIMEOUT": "7"})
    assert read.policy().deadlines.call == 7
    assert read.policy(Policy(retry=Retry(call_attempts=3))).deadlines.call == 7
    assert read.policy(Policy(retry=Retry(call_attempts=3))).retry.call_attempts == 3
    assert read.policy(Policy(deadlines=Deadlines(call=30.0))).deadlines.call == 30
    assert read_settings(ini="", environ=COMPLETE).policy() == Policy()


def test_no_repr_shows_the_secret() -> None:
    """The settings can be logged whole."""
    read = read_settings(ini="", environ=COMPLETE)
    assert SECRET not in repr(read)
    assert "an-id" in repr(read)
