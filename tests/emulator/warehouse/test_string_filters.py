"""The grammar of string filters: hard names each find themselves alone, whatever way Looker has to write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from looker_tasks.emulator.warehouse.string_filters import string_terms
from tests.emulator.shop import run, shop

HARD = (  # the demo's customers.company has each of them
    "Smith, Jones & Co",
    "100% Juice",
    "O'Neil",
    'Ünïted "Q" Ltd',
    "-Dash",
    "A/B Test",
    "under_score",
    "car^et",
    " NULL",
    "EMPTY",
    "NULL",
    "北京贸易有限公司",
    "Trailing ",
    "back\\slash",
    "a^%b",
    '"Quoted"',
)


def quoted(text: str) -> str:
    """Write *text* as Looker's own pages make a literal, the caret doubled before what it would escape."""
    escaped = "".join(f"^{each}" if each == "^" else each for each in text)
    return '"' + escaped.replace("\\", "\\\\").replace('"', '\\"') + '"'


def chosen(expression: str) -> list[object]:
    """Return the companies that *expression* chooses."""
    return [
        company
        for company, _ in run(
            "customers.company",
            "customers.count",
            view="customers",
            filters={"customers.company": expression},
            sorts=("customers.company",),
        ).values
    ]


@pytest.mark.parametrize("name", HARD)
def test_a_hard_name_finds_itself_alone(name: str) -> None:
    """In quotes every name means itself, and no name that looks like it; excluded, it is the only one missing."""
    assert chosen(quoted(name)) == [name]
    others = [each for (each,) in run("customers.company", view="customers").values]
    assert set(others) - set(chosen(f"-{quoted(name)}")) == {name}


@pytest.mark.parametrize(
    ("expression", "companies"),
    [
        ("100^% Juice", ["100% Juice"]),
        ("100% Juice", ["100 Juice", "100% Juice"]),
        ("under_score", ["underXscore", "under_score"]),
        ("under^_score", ["under_score"]),
        ("Smith^, Jones & Co", ["Smith, Jones & Co"]),
        ("^-Dash", ["-Dash"]),
        ("^ NULL", [" NULL"]),
        ("Trailing^ ", ["Trailing "]),
        ("Trailing^ ^ ", ["Trailing "]),
        ('"EMPTY", " NULL"', [" NULL", "EMPTY"]),
        ("Juno Catering , Kite Media", ["Juno Catering", "Kite Media"]),
        ("%^%%", ["100% Juice", "a^%b"]),
        ('%"Q"%', ['Ünïted "Q" Ltd']),
        ('\\"Quoted\\"', ['"Quoted"']),
        ("%O%e%i%l%", ["O Neil", "O'Neil"]),
    ],
)
def test_an_expression_chooses(expression: str, companies: list[str]) -> None:
    """Escapes, wildcards, keywords and lists choose as Looker's grammar reads them."""
    assert sorted(map(str, chosen(expression))) == sorted(companies)


@pytest.mark.parametrize(
    ("expression", "terms"),
    [
        ("", []),
        ("a,,b", ["a", "b"]),
        (" a , b ", ["a", "b"]),
        ('"a, b",c', ["a, b", "c"]),
        ('"a', ['"a']),
        ('"a\\"b"', ['a"b']),
        ("-", ["-"]),
        ("--a", ["-a"]),
        ('" "', [" "]),
        ('""', [""]),
        ("t-shirt", ["t-shirt"]),
        ("don't", ["don't"]),
        ("\\u0041", ["A"]),
    ],
)
def test_terms(expression: str, terms: list[str]) -> None:
    """Commas part terms, but not in quotes nor after an escape; blanks around a term are not part of it."""
    assert [term.literal for term in string_terms(expression)] == terms


@given(st.text(st.sampled_from('ab%_,-^" \\NULL')))
def test_any_text_is_found_by_its_quotation(text: str) -> None:
    """Whatever a text is, its quotation is one term that means it."""
    (term,) = string_terms(quoted(text))
    assert (term.kind, term.literal, term.is_excluded) == ("match", text, False)


@pytest.mark.parametrize("expression", ["%" * 100_000, '"' * 100_000, "-" * 100_000, '^"' * 50_000, '"\\' * 50_000])
@pytest.mark.timeout(10)
def test_any_length_is_read_in_its_time(expression: str) -> None:
    """No text makes the reader go back and forth."""
    assert string_terms(expression)


@pytest.mark.timeout(20)
def test_many_wildcards_are_matched_in_linear_time() -> None:
    """A pattern that makes a backtracking matcher try for ever is matched at once."""
    connection = shop()._connection
    from looker_tasks.emulator.warehouse.conditions import condition  # noqa: PLC0415  # beside what it is for
    from looker_tasks.emulator.warehouse.dataset import TODAY  # noqa: PLC0415
    from looker_tasks.emulator.warehouse.fragments import prepared  # noqa: PLC0415
    from looker_tasks.emulator.warehouse.model import Field  # noqa: PLC0415

    test = condition(Field("t.x", "X", "dimension", "string", "t.x"), "%a" * 40 + "b", today=TODAY)
    assert test is not None
    text, parameters = prepared(test)
    with connection.cursor() as cursor:
        row = cursor.execute(f"SELECT {text} FROM (SELECT repeat('a', 5000) AS x) AS t", parameters).fetchone()  # noqa: S608
    assert row == (False,)
