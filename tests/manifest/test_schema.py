"""The JSON Schema takes what the reading takes, refuses what it refuses, and describes every key."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from attrs import fields
from jsonschema import Draft202012Validator

from looker_tasks.manifest.keys import EXPORTS, KEYS, key_of
from looker_tasks.manifest.schema import json_schema
from tests.manifest import test_forms, test_hostile
from tests.planning.test_values import BURST

SCHEMA = json_schema()
VALIDATOR = Draft202012Validator(SCHEMA)
README = Path(__file__).parents[2] / "README.md"


def complaints(document: object) -> list[str]:
    """Return what the schema says of a document."""
    return [error.message for error in VALIDATOR.iter_errors(document)]


def loaded(text: str) -> Any:  # noqa: ANN401  # whatever the file has
    """Read YAML as an editor does: with its own types."""
    return yaml.safe_load(text)


def test_the_schema_is_a_schema() -> None:
    """It is valid under its own draft, and JSON."""
    Draft202012Validator.check_schema(SCHEMA)
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA


def test_every_key_is_described() -> None:
    """Each field of an export, and each key of the plan, is a key of the schema with a sentence."""
    keys = SCHEMA["$defs"]["keys"]["properties"]
    assert set(keys) == set(KEYS)
    assert {key_of(each.name) for export in EXPORTS.values() for each in fields(export)} <= set(keys)
    for name, key in keys.items():
        assert len(key["description"]) > 10, name
    assert all(SCHEMA["properties"][name]["description"] for name in ("exports", "defaults", "values"))


EXAMPLES = {
    "forms": loaded(test_forms.YAML),
    "JSON rows": {"exports": test_forms.JSON_ROWS},
    "template": loaded(test_hostile.TEMPLATE),
    "burst": loaded(BURST.replace("SOURCE", "{csv: customers.csv, column: name}")),
    "README": loaded(README.read_text().split("```yaml\n")[1].split("```")[0]),
    "design": loaded("""
    defaults: {paper_size: a4}
    values:
      customer: {csv: customers.csv, column: name}
      asked: {query: 17, field: customers.name, allow_empty: true}
    exports:
      - dashboard: 42
        for_each: {customer: customer, format: [pdf, png]}
        filters: {Customer: "{customer}", Order Date: 12 months, Name: {is: "Smith, Jones"}, Old: {remove: true}}
        name: "{customer}/{dashboard.title} {date:%Y-%m-%d}.{format}"
      - {folder: 12, recursive: true, looks: true, format: pdf}
      - {search: {title: "%revenue%"}, format: png}
      - {dashboard: 42, tiles: csv, limit: -1}
      - {dashboard: 42, for_each: {c: {csv: c.csv}}, tiles: xlsx, combine: "{c.name}/data.xlsx", as_user: "{c.id}"}
      - {dashboard: 42, format: "{f}", width: "{w}", fresh: true, combine: {name: all.pdf, partial: yes}}
    """),
}


@pytest.mark.parametrize("example", EXAMPLES)
def test_right_manifests_pass(example: str) -> None:
    """What the reading takes is right to the editor, too."""
    assert complaints(EXAMPLES[example]) == []


@pytest.mark.parametrize(
    "text",
    [
        "exports: {}",
        "defaults: {}",
        "export: []",
        "exports: [{dashbord: 1}]",
        "exports: [{dashboard: 1, look: 2}]",
        "exports: [{dashboard: 1, format: doc}]",
        "exports: [{dashboard: 1, format: pdf, filters: [a]}]",
        "exports: [{dashboard: 1, format: pdf, filters: {A: ~}}]",
        "exports: [{dashboard: 1, format: pdf, filters: {A: {was: 1}}}]",
        "exports: [{dashboard: 1, format: pdf, width: wide}]",
        "exports: [{dashboard: 1, tiles: pdf}]",
        "exports: [{dashboard: 1, format: pdf, for_each: {c: {csv: a.csv, field: x}}}]",
        "exports: [{search: {titel: x}, format: pdf}]",
        "exports: [{dashboard: 1, format: pdf, combine: {partial: true}}]",
    ],
)
def test_wrong_manifests_are_marked(text: str) -> None:
    """An editor underlines what the reading would refuse."""
    assert complaints(loaded(text))
