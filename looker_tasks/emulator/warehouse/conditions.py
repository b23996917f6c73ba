"""Looker's filter expressions as SQL conditions. Pure; a client's text only ever becomes a bound value.

An empty expression means "any value" and makes no condition (None). What cannot be read is a QueryError.
Source: https://cloud.google.com/looker/docs/filter-expressions.
"""

import re
from collections.abc import Iterable
from datetime import date

from looker_tasks.emulator.warehouse.errors import QueryError
from looker_tasks.emulator.warehouse.fragments import Bound, Sql, joined
from looker_tasks.emulator.warehouse.model import Field
from looker_tasks.emulator.warehouse.periods import parse_period

_TERM = re.compile(r'(?:\^.|"[^"]*"|[^,])+', re.DOTALL)  # commas part terms, but not in quotes nor after ^
_NUMBER_TERM = re.compile(r"(?:[\[(][^\])]*[\])]|[^,])+")  # nor in an interval
_NUMBER = r"[-+]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})"
_INTERVAL = re.compile(rf"([\[(])\s*({_NUMBER}|-inf|)\s*,\s*({_NUMBER}|inf|)\s*([\])])", re.ASCII | re.IGNORECASE)
_BETWEEN = re.compile(rf"({_NUMBER})\s+to\s+({_NUMBER})", re.ASCII | re.IGNORECASE)
_COMPARISON = re.compile(rf"(>=|<=|>|<|=)?\s*({_NUMBER})", re.ASCII)
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
    includes: list[Sql] = []
    excludes: list[Sql] = []
    for term in _terms(_TERM, expression):
        if term.startswith("-") and len(term) > 1:
            excludes.append(_string_term(sql, term[1:], negated=True))
        else:
            includes.append(_string_term(sql, term, negated=False))
    return _any_and_none(includes, excludes)


def _string_term(sql: str, term: str, *, negated: bool) -> Sql:
    if term.upper() == "EMPTY":
        return (f"({sql} IS NOT NULL AND {sql} <> '')" if negated else f"({sql} IS NULL OR {sql} = '')",)
    if term.upper() == "NULL":
        return (f"{sql} IS NOT NULL" if negated else f"{sql} IS NULL",)
    literal, pattern = _pattern(term[1:-1] if re.fullmatch(r'".*"', term, re.DOTALL) else term)
    if literal is not None:
        test: Sql = (f"{sql} {'<>' if negated else '='} ", Bound(literal))
    else:
        test = (f"{sql} {'NOT LIKE' if negated else 'LIKE'} ", Bound(pattern), " ESCAPE '^'")
    return ("(", *test, f" OR {sql} IS NULL)") if negated else test


def _pattern(term: str) -> tuple[str | None, str]:
    """Give the literal text, or None if there is a wildcard (% or _), and the LIKE pattern with ^ as its escape."""
    literal: list[str] = []
    pattern: list[str] = []
    wild = False
    for piece in re.findall(r"\^.|.", term, re.DOTALL):
        if piece in {"%", "_"}:
            wild = True
            pattern.append(piece)
            continue
        letter = piece[-1]
        literal.append(letter)
        pattern.append(f"^{letter}" if letter in "%_^" else letter)
    return (None if wild else "".join(literal)), "".join(pattern)


def _on_numbers(field: Field, expression: str) -> Sql | None:
    includes: list[Sql] = []
    excludes: list[Sql] = []
    for term in _terms(_NUMBER_TERM, re.sub(r"\s+or\s+", ",", expression, flags=re.IGNORECASE)):
        negation = _NOT.fullmatch(term)
        if term.upper() == "NOT NULL":
            excludes.append((f"{field.sql} IS NOT NULL",))
        elif negation is not None:
            excludes.append(("(NOT (", *_number_term(field, negation[1].strip()), f") OR {field.sql} IS NULL)"))
        else:
            includes.append(_number_term(field, term))
    return _any_and_none(includes, excludes)


def _number_term(field: Field, term: str) -> Sql:
    atoms = [_number_atom(field, atom.strip()) for atom in re.split(r"\s+and\s+", term, flags=re.IGNORECASE)]
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
    wanted = {term.lower() for term in _terms(_TERM, expression)}
    if not wanted or wanted == {"any value"}:
        return None
    if not wanted <= {"yes", "no", "true", "false"}:
        raise _unreadable(field, expression)
    answers = {"Yes" if each in {"yes", "true"} else "No" for each in wanted}
    return _any_and_none([(f"{field.sql} = ", Bound(answer)) for answer in sorted(answers)], [])


def _on_dates(field: Field, day: str, expression: str, today: date) -> Sql | None:
    includes: list[Sql] = []
    excludes: list[Sql] = []
    for term in _terms(_TERM, expression):
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


def _terms(pattern: re.Pattern[str], expression: str) -> list[str]:
    return [stripped for term in pattern.findall(expression) if (stripped := term.strip())]


def _any_and_none(includes: Iterable[Sql], excludes: Iterable[Sql]) -> Sql | None:
    """Match any of *includes*, if there are, and hold all of *excludes*."""
    wanted, held = list(includes), list(excludes)
    if wanted:
        held.insert(0, wanted[0] if len(wanted) == 1 else ("(", *joined(" OR ", wanted), ")"))
    return joined(" AND ", held) if held else None


def _unreadable(field: Field, expression: str) -> QueryError:
    return QueryError(f'Invalid filter expression "{expression}" for field "{field.name}".')
