"""Looker's filter expressions as SQL conditions. Pure; a client's text only ever becomes a bound value.

An empty expression means "any value" and makes no condition (None). What cannot be read is a QueryError.
Source: https://cloud.google.com/looker/docs/filter-expressions.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby

from looker_tasks.emulator.warehouse.errors import QueryError
from looker_tasks.emulator.warehouse.fragments import Bound, Sql, joined
from looker_tasks.emulator.warehouse.model import Field
from looker_tasks.emulator.warehouse.periods import parse_period
from looker_tasks.emulator.warehouse.string_filters import Letter, StringTerm, string_terms

_NUMBER = r"[-+]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})"
_INTERVAL = re.compile(rf"([\[(])\s*({_NUMBER}|-inf|)\s*,\s*({_NUMBER}|inf|)\s*([\])])", re.ASCII | re.IGNORECASE)
_BETWEEN = re.compile(rf"({_NUMBER})\s+to\s+({_NUMBER})", re.ASCII | re.IGNORECASE)
_COMPARISON = re.compile(rf"(>=|<=|>|<|=)?\s*({_NUMBER})", re.ASCII)
_OR = re.compile(" or ", re.IGNORECASE)
_AND = re.compile(" and ", re.IGNORECASE)
_ONE_NUMBER = re.compile(_NUMBER, re.ASCII)
_LONGEST_NUMBER = 70  # letters
_MOST_VALUES = 10_000  # of one filter; more would take the database seconds
_MOST_CONDITIONS = 500  # of one filter, beside single values
_LONGEST_PATTERN = 1_000  # letters
_SHOWN = 200  # letters of an expression in an error
_QUICK = 2  # so many `%` LIKE matches quickly whatever the text is
_NOT = re.compile(r"(?:not\s+|!=|<>)(.*)", re.IGNORECASE | re.DOTALL)


def condition(field: Field, expression: str, *, today: date) -> Sql | None:
    """Read *expression* as the type of *field* asks; raises QueryError."""
    if field.day is not None:
        return _on_dates(field, field.day, expression, today)
    if field.type == "number":
        return _on_numbers(field, expression)
    if field.type == "yesno":
        return _on_yesno(field, expression)
    return _on_strings(field.sql, expression)


def _on_strings(sql: str, expression: str) -> Sql | None:
    terms = string_terms(expression)
    includes = [each for each in terms if not each.is_excluded]
    excludes = [each for each in terms if each.is_excluded]
    return _any_and_none(_string_tests(sql, includes), _string_tests(sql, excludes))


def _string_tests(sql: str, terms: list[StringTerm]) -> list[Sql]:
    """Test *sql* for each of *terms*, which all are excluded or none is; the literals are tested together."""
    literals = list(dict.fromkeys(term.literal for term in terms if term.kind == "match" and term.literal is not None))
    tests = [_pattern_test(sql, term) for term in terms if term.kind != "match" or term.literal is None]
    if not literals:
        return tests
    is_excluded = terms[0].is_excluded
    test = _among(sql, [Bound(each) for each in literals], is_excluded=is_excluded)
    return [("(", *test, f" OR {sql} IS NULL)") if is_excluded else test, *tests]


def _among(sql: str, values: Sequence[Bound], *, is_excluded: bool = False) -> Sql:
    if len(values) == 1:
        return (f"{sql} {'<>' if is_excluded else '='} ", values[0])
    if len(values) > _MOST_VALUES:
        raise QueryError(f"A filter may name at most {_MOST_VALUES:,} values, and this one names {len(values):,}.")
    return (f"{sql} {'NOT IN' if is_excluded else 'IN'} (", *joined(", ", [(each,) for each in values]), ")")


def _pattern_test(sql: str, term: StringTerm) -> Sql:
    if term.kind == "empty":
        return (f"({sql} IS NOT NULL AND {sql} <> '')" if term.is_excluded else f"({sql} IS NULL OR {sql} = '')",)
    if term.kind == "null":
        return (f"{sql} IS NOT NULL" if term.is_excluded else f"{sql} IS NULL",)
    if len(term.letters) > _LONGEST_PATTERN:
        raise QueryError(f"A pattern may have at most {_LONGEST_PATTERN:,} letters.")
    test = _like(sql, term) if sum(_is_any(each) for each in term.letters) <= _QUICK else _regular(sql, term)
    return ("(NOT ", *test, f" OR {sql} IS NULL)") if term.is_excluded else test


def _like(sql: str, term: StringTerm) -> Sql:
    pattern = "".join(
        f"^{each.text}" if each.text in "%_^" and not each.is_wild else each.text for each in term.letters
    )
    return (f"{sql} LIKE ", Bound(pattern), " ESCAPE '^'")


def _regular(sql: str, term: StringTerm) -> Sql:
    """Match by an automaton: a LIKE with many wildcards may take time without end."""
    runs = groupby(term.letters, key=_is_any)
    pieces = (".*" if is_any else "".join(_regular_letter(each) for each in run) for is_any, run in runs)
    return (f"regexp_full_match({sql}, ", Bound(f"(?s){''.join(pieces)}"), ")")


def _regular_letter(letter: Letter) -> str:
    return "." if letter.is_wild else re.escape(letter.text)


def _is_any(letter: Letter) -> bool:
    return letter.is_wild and letter.text == "%"


def _on_numbers(field: Field, expression: str) -> Sql | None:
    includes: list[Sql] = []
    excludes: list[Sql] = []
    values: list[Bound] = []
    for term in _number_terms(expression):
        negation = _NOT.fullmatch(term)
        if _ONE_NUMBER.fullmatch(term):
            values.append(_number(term))
        elif term.upper() == "NOT NULL":
            excludes.append((f"{field.sql} IS NOT NULL",))
        elif negation is not None:
            excludes.append(("(NOT (", *_number_term(field, negation[1].strip()), f") OR {field.sql} IS NULL)"))
        else:
            includes.append(_number_term(field, term))
    if values:
        includes.insert(0, _among(field.sql, values))
    return _any_and_none(includes, excludes)


def _number_term(field: Field, term: str) -> Sql:
    parts = _AND.split(term)
    if len(parts) > _MOST_CONDITIONS:
        raise _unreadable(field, term)
    atoms = [_number_atom(field, part.strip()) for part in parts]
    return atoms[0] if len(atoms) == 1 else ("(", *joined(" AND ", atoms), ")")


def _number_atom(field: Field, atom: str) -> Sql:
    if atom.upper() == "NULL":
        return (f"{field.sql} IS NULL",)
    between = _BETWEEN.fullmatch(atom)
    if between is not None:
        return (f"{field.sql} BETWEEN ", _number(between[1]), " AND ", _number(between[2]))
    interval = _INTERVAL.fullmatch(atom)
    if interval is not None:
        return _interval(field.sql, interval)
    comparison = _COMPARISON.fullmatch(atom)
    if comparison is None:
        raise _unreadable(field, atom)
    return (f"{field.sql} {comparison[1] or '='} ", _number(comparison[2]))


def _interval(sql: str, interval: re.Match[str]) -> Sql:
    opening, low, high, closing = interval.groups()
    bounds: list[Sql] = []
    if low.lower() not in {"", "-inf"}:
        bounds.append((f"{sql} {'>=' if opening == '[' else '>'} ", _number(low)))
    if high.lower() not in {"", "inf"}:
        bounds.append((f"{sql} {'<=' if closing == ']' else '<'} ", _number(high)))
    return ("(", *joined(" AND ", bounds), ")") if bounds else (f"{sql} IS NOT NULL",)


def _number(text: str) -> Bound:
    return Bound(float(text) if "." in text else int(text))


def _on_yesno(field: Field, expression: str) -> Sql | None:
    wanted = {term.strip().lower() for term in expression.split(",")} - {""}
    if not wanted or wanted == {"any value"}:
        return None
    if not wanted <= {"yes", "no", "true", "false"}:
        raise _unreadable(field, expression)
    answers = {"Yes" if each in {"yes", "true"} else "No" for each in wanted}
    return _any_and_none([(f"{field.sql} = ", Bound(answer)) for answer in sorted(answers)], [])


def _on_dates(field: Field, day: str, expression: str, today: date) -> Sql | None:
    includes: list[Sql] = []
    excludes: list[Sql] = []
    for term in filter(None, map(str.strip, expression.split(","))):
        negation = _NOT.fullmatch(term)
        if term.lower() == "any time":
            return None
        if term.lower() in {"null", "not null"}:
            includes.append((f"{day} IS {term.upper()}",))
        elif negation is not None:
            excludes.append(("(NOT ", *_period(field, day, negation[1], today), f" OR {day} IS NULL)"))
        else:
            includes.append(_period(field, day, term, today))
    return _any_and_none(includes, excludes)


def _period(field: Field, day: str, term: str, today: date) -> Sql:
    try:
        period = parse_period(term, today)
    except OverflowError as error:
        raise _unreadable(field, term) from error
    if period is None:
        raise _unreadable(field, term)
    bounds: list[Sql] = []
    if period.start is not None:
        bounds.append((f"{day} >= ", Bound(period.start)))
    if period.end is not None:
        bounds.append((f"{day} < ", Bound(period.end)))
    return ("(", *joined(" AND ", bounds), ")")


def _number_terms(expression: str) -> Iterator[str]:
    """Yield the terms that commas and OR part, but for the comma of an interval."""
    text = _OR.sub(",", " ".join(expression.split()))
    start, is_inside = 0, False
    for at, letter in enumerate(text):
        if letter in "[(" and not is_inside:
            is_inside = True
        elif letter in ")]":
            is_inside = False
        elif letter == "," and not (is_inside and _closes(text, at)):
            if term := text[start:at].strip():
                yield term
            start, is_inside = at + 1, False
    if term := text[start:].strip():
        yield term


def _closes(text: str, comma: int) -> bool:
    """Return whether the interval with this *comma* ends soon after it: no number is longer."""
    return any(letter in ")]" for letter in text[comma + 1 : comma + _LONGEST_NUMBER])


def _any_and_none(includes: Iterable[Sql], excludes: Iterable[Sql]) -> Sql | None:
    """Match any of *includes*, if there are, and hold all of *excludes*."""
    wanted, held = list(includes), list(excludes)
    if len(wanted) + len(held) > _MOST_CONDITIONS:
        raise QueryError(
            f"A filter may have at most {_MOST_CONDITIONS:,} conditions, and this one has {len(wanted) + len(held):,}."
        )
    if wanted:
        held.insert(0, wanted[0] if len(wanted) == 1 else ("(", *joined(" OR ", wanted), ")"))
    return joined(" AND ", held) if held else None


def _unreadable(field: Field, expression: str) -> QueryError:
    shown = expression if len(expression) <= _SHOWN else f"{expression[:_SHOWN]}…"
    return QueryError(f'Invalid filter expression "{shown}" for field "{field.name}".')
