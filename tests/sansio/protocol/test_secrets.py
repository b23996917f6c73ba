"""Secrets: found in every form in which a server sends them back, and nothing else is touched."""

import json
import pickle
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from html import escape
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from looker_tasks.errors import LookerTasksError, RequestRefused
from looker_tasks.sansio.protocol.secrets import REDACTED, Secret, Secrets

SECRET = "s3cr3t/of+the client&é"
FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "percent-encoded": lambda value: quote(value, safe=""),
    "percent-encoded, in small letters": lambda value: quote(value, safe="").lower(),
    "percent-encoded twice": lambda value: quote(quote(value, safe=""), safe=""),
    "every byte percent-encoded": lambda value: "".join(f"%{byte:02x}" for byte in value.encode()),
    "a form": quote_plus,
    "JSON": lambda value: json.dumps(value)[1:-1].replace("/", "\\/"),
    "JSON in JSON": lambda value: json.dumps(json.dumps(value)),
    "every character escaped": lambda value: "".join(f"\\u{ord(character):04X}" for character in value),
    "HTML": escape,
    "HTML's numbers": lambda value: "".join(f"&#{ord(character)};" for character in value),
    "base64": lambda value: b64encode(value.encode()).decode(),
    "base64 for addresses": lambda value: urlsafe_b64encode(value.encode()).decode(),
    "base64 of latin-1": lambda value: b64encode(value.encode("latin-1")).decode(),
    "Basic": lambda value: b64encode(f"me:{value}".encode()).decode(),
    "Basic, of another user": lambda value: b64encode(f"mine:{value}".encode()).decode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_redact_takes_a_secret_out_in_every_form(form: str) -> None:
    """What stands around it stays; an attacker with the text has nothing to decode."""
    sent_back = FORMS[form](SECRET)
    redacted = Secrets().and_also(SECRET).redact(f"you sent {sent_back} to us")
    assert redacted.startswith("you sent ")
    assert REDACTED in redacted
    assert redacted.endswith(" to us")
    assert sent_back[8:-8] not in redacted


@given(st.text(st.characters(codec="utf-8"), min_size=8), st.text(), st.text())
def test_redact_leaves_nothing_of_any_secret(secret: str, before: str, after: str) -> None:
    """Whatever a secret is made of, a text that holds it does not hold it afterwards."""
    secrets = Secrets().and_also(secret)
    assert secret not in secrets.redact(f"{before}{secret}{after}").replace(REDACTED, "") or secret in REDACTED


@given(st.text())
def test_redact_leaves_other_texts_as_they_are(text: str) -> None:
    """Where no secret is, escapes and all stay as the server wrote them."""
    assert Secrets().and_also("a-secret-that-nobody-says").redact(text) == text


@pytest.mark.parametrize("end", ["", "'", '"'])
@pytest.mark.parametrize("form", ["plain", "percent-encoded", "base64", "every character escaped"])
def test_redact_takes_out_the_beginning_of_a_secret_that_was_cut(form: str, end: str) -> None:
    """A quotation is cut to a length, wherever that is."""
    sent_back = FORMS[form]("0123456789abcdef" * 2)
    cut = sent_back[: len(sent_back) * 2 // 3]
    assert Secrets().and_also("0123456789abcdef" * 2).redact(f"got '{cut}{end}").startswith(f"got '{REDACTED}")


@pytest.mark.parametrize(
    ("secret", "text", "redacted"),
    [
        ("s", "Missing credentials: s, s=s", f"Missing credentials: {REDACTED}, {REDACTED}={REDACTED}"),
        ("token", "Invalid tokens in access_token: token", f"Invalid tokens in access_token: {REDACTED}"),
        ("token-12", "token-1 is no token-12", f"token-1 is no {REDACTED}"),
        ("password-of-mine", "the password is wrong", "the password is wrong"),
        ("a.b", "aXb a.b", f"aXb {REDACTED}"),
        ("hush-hush", "AT&nosuch; says hush&#45;hush", f"AT&nosuch; says {REDACTED}"),
    ],
)
def test_a_secret_that_is_a_common_word_spoils_no_text(secret: str, text: str, redacted: str) -> None:
    """A short one is taken out where it stands alone, a long one where it is whole."""
    assert Secrets().and_also(secret).redact(text) == redacted


def test_redact_takes_out_all_of_several() -> None:
    """Secrets that overlap leave nothing between them, and what is empty is none."""
    secrets = Secrets().and_also("abcdefghij", "ghijklmnop", "", None)
    assert secrets.redact("x abcdefghijklmnop y abcdefghij") == f"x {REDACTED} y {REDACTED}"


def test_redact_error_goes_through_all_facts() -> None:
    """Message, complaints, request id and address: each is a text of the server's."""
    error = RequestRefused(
        operation="look", status=422, message=f"No {SECRET}", errors=(f"width: {SECRET}", "ok"), request_id=SECRET
    )
    Secrets().and_also(SECRET).redact_error(error)
    assert (error.message, error.errors, error.request_id) == (
        f"No {REDACTED}",
        (f"width: {REDACTED}", "ok"),
        REDACTED,
    )
    assert (error.operation, error.status) == ("look", 422)
    assert SECRET not in repr(error.args)


def test_redact_error_knows_no_facts_of_an_error_without() -> None:
    """The text of such a one goes through all the same."""
    error = LookerTasksError(f"No {SECRET}")
    Secrets().and_also(SECRET).redact_error(error)
    assert str(error) == f"No {REDACTED}"


def test_a_secret_shows_itself_to_no_repr() -> None:
    """It is the text that it is, for everybody but a repr; that of a container too."""
    secret = Secret("hush")
    assert (secret, f"Bearer {secret}") == ("hush", "Bearer hush")
    assert "hush" not in repr([secret, {"a": secret}, Secrets().and_also(secret)])
    assert pickle.loads(pickle.dumps(secret)) == "hush"  # noqa: S301  # our own
