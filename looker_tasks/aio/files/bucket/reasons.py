"""What a store says went wrong, in one line. Pure."""

import re

_LONGEST = 300  # characters
_CODE = re.compile(r"<Code>([^<]{1,100})</Code>")
_MESSAGE = re.compile(r"<Message>([^<]{1,300})</Message>")
_STATUS = re.compile(r"status code: (\d{3}[^:]{0,40})")
_REASONS = (
    ("NoSuchBucket", "there is no such bucket"),
    ("ContainerNotFound", "there is no such container"),
    ("The specified bucket does not exist", "there is no such bucket"),
    ("169.254.169.254", "no credentials were found: neither options, environment, profile nor an instance's role"),
    ("metadata.google.internal", "no credentials were found: neither options, environment nor an instance's account"),
    ("AccessDenied", "access is denied: these credentials may not write there"),
    ("InvalidAccessKeyId", "the access key is not known there"),
    ("SignatureDoesNotMatch", "the secret access key is wrong"),
    ("ExpiredToken", "the credentials have expired"),
    ("PermanentRedirect", "the bucket is in another region: give its own, as in --storage region=eu-central-1"),
    ("AuthorizationHeaderMalformed", "the bucket is in another region: give its own, as in --storage region=…"),
)
_MISSING = re.compile(r"(Configuration key|Missing [^:\n]*|[Uu]nknown [^\n]*)")


def reason_of(error: BaseException) -> str:
    """Return what *error*, of obstore, says, for one line of ours."""
    text = str(error)
    for words, reason in _REASONS:
        if words in text:
            return reason
    code, message, status = _CODE.search(text), _MESSAGE.search(text), _STATUS.search(text)
    if code is not None and message is not None:
        return _one_line(f"{code[1]}: {message[1]}")
    if status is not None:
        return _one_line(f"the store answered {status[1]}")
    return _one_line(text.partition("\n")[0]) or type(error).__name__


def _one_line(text: str) -> str:
    line = " ".join(text.split())[:_LONGEST].strip()
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in line)
