"""Access tokens."""

import pytest

from looker_tasks.emulator.tokens import Tokens, token_in


def test_many_tokens_live_at_once_and_end_alone() -> None:
    """A login gives a new token and ends none; revoking one leaves the others."""
    tokens = Tokens(3600.0)
    first, second = tokens.issue("1", 0.0), tokens.issue("2", 10.0)
    assert first.text != second.text
    assert len(first.text) == 40
    tokens.revoke(first.text)
    assert tokens.find(first.text, 20.0) is None
    assert tokens.find(second.text, 20.0) == second


def test_a_token_ends_on_the_second() -> None:
    """It lives for the ttl, or for the seconds that it was given."""
    tokens = Tokens(3600.0)
    usual, short = tokens.issue("1", 100.0), tokens.issue("1", 100.0, seconds=5.0)
    assert tokens.find(short.text, 104.9) is not None
    assert tokens.find(short.text, 105.0) is None
    assert tokens.find(usual.text, 3699.9) is not None
    assert tokens.find(usual.text, 3700.0) is None


def test_no_token_shows_itself() -> None:
    """Neither repr holds the secret."""
    tokens = Tokens(3600.0)
    token = tokens.issue("1", 0.0)
    assert token.text not in repr(token) + repr(tokens)


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("Bearer abc", "abc"),
        ("token abc", "abc"),
        ("bearer  abc ", "abc"),
        ("TOKEN abc", "abc"),
        ("Basic abc", None),
        ("abc", None),
        ("Bearer", None),
        ("Bearer ", None),
        (None, None),
    ],
)
def test_both_words_of_the_header_are_read(header: str | None, token: str | None) -> None:
    """`Bearer` and `token`, in any case of letters, and nothing else."""
    assert token_in(header) == token
