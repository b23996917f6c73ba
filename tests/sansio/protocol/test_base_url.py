"""Addresses as people write them: what is an address stays, and what is none is not shown."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from looker_tasks.sansio.protocol.base_url import is_local, normalized


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://x.example.com:19999/", "https://x.example.com:19999"),
        ("https://x.example.com/gateway//", "https://x.example.com/gateway"),
        ("https://gateway.example.com/api/looker", "https://gateway.example.com/api/looker"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("http://[fe80::1%eth0]:8000", "http://[fe80::1%eth0]:8000"),
        ("https://b\u00fccher.example.com", "https://b\u00fccher.example.com"),
        ("https://looker_1", "https://looker_1"),
        ("https://x.example.com.", "https://x.example.com."),
    ],
)
def test_an_address_loses_its_last_slash_alone(text: str, expected: str) -> None:
    """Host, port and a gateway's path stay; once more changes nothing."""
    assert normalized(text) == expected
    assert normalized(expected) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x.example.com", "expected an address such as"),
        ("ftp://x.example.com", "expected an address such as"),
        ("https://", "expected an address such as"),
        ("https://x:0", "expected an address such as"),
        ("https://x:port", "expected an address such as"),
        ("https://[::1", "expected an address such as"),
        ("https://x. example.com", "expected an address such as"),
        ("https://x.example.com\n", "expected an address such as"),
        ("https://x..example.com", "expected an address such as"),
        ("https://" + "x" * 64 + ".example.com", "expected an address such as"),
        ("https://x!.example.com", "expected an address such as"),
        ("https://b\u00fc..example.com", "expected an address such as"),
        ("https://user:secret@x.example.com", "without a user, a query or a fragment"),
        ("https://x.example.com?token=secret", "without a user, a query or a fragment"),
        ("https://x.example.com#secret", "without a user, a query or a fragment"),
        (
            "https://x.example.com/dashboards/42",
            r"/dashboards/42. names a page of Looker.s; expected https://x\.example\.com$",
        ),
        ("https://x.example.com/login", r"expected https://x\.example\.com$"),
        ("https://x.example.com/api/4.0", r"names the API; expected https://x\.example\.com$"),
        ("https://x.example.com/gateway/api/4.0/login", r"names the API; expected https://x\.example\.com/gateway$"),
    ],
)
def test_what_is_no_address_is_refused(text: str, words: str) -> None:
    """With what was expected; a secret in it is not repeated."""
    with pytest.raises(ValueError, match=words) as refusal:
        normalized(text)
    assert "secret" not in str(refusal.value)


@given(st.text() | st.text(alphabet="htps:/@[]%.x0?#").map("https://{}".format))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    """By a ValueError."""
    with suppress(ValueError):
        assert not normalized(text).endswith("/")


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("http://localhost:8000", True),
        ("http://looker.localhost", True),
        ("http://127.0.0.2", True),
        ("http://[::1]:8000", True),
        ("http://10.0.0.1", False),
        ("https://localhost.example.com", False),
    ],
)
def test_some_addresses_lead_to_this_machine(address: str, local: bool) -> None:
    """Those of the loopback."""
    assert is_local(address) is local
