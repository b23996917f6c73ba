"""Reading scenarios, and refusing what is none."""

from pathlib import Path

import pytest

from looker_tasks.emulator.faults import Fault, Scenario, ScenarioError


def test_a_yaml_file_says_what_python_says(tmp_path: Path) -> None:
    """Each key of a fault in YAML is a field of Fault; `nth` may be one number or a list."""
    file = tmp_path / "scenario.yaml"
    file.write_text(
        """
        seed: 7
        faults:
          - {kind: throttled, operation: "create_*", nth: 2, retry_after: 1.5, as_date: true}
          - {kind: failure, target: "42", nth: [1, 3], times: 1, probability: 0.5, detail: "no outfile"}
          - {kind: scripted, status: 302, headers: {Location: "http://elsewhere/"}, body: ""}
        """
    )
    assert Scenario.from_yaml(file) == Scenario(
        faults=(
            Fault("throttled", operation="create_*", nth=(2,), retry_after=1.5, as_date=True),
            Fault("failure", target="42", nth=(1, 3), times=1, probability=0.5, detail="no outfile"),
            Fault("scripted", status=302, headers={"Location": "http://elsewhere/"}, body=""),
        ),
        seed=7,
    )


def test_an_empty_file_is_a_scenario_without_faults(tmp_path: Path) -> None:
    """Nothing goes wrong where nothing is said."""
    file = tmp_path / "scenario.yaml"
    file.write_text("")
    assert Scenario.from_yaml(file) == Scenario()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("faults: [{kind: throtled}]", ["throtled", "throttled", "$.faults[0].kind"]),
        ("faults: [{kind: slow}, {kind: slow, sise: 1}]", ["unknown key sise", "$.faults[1]"]),
        ("faults: [{kind: throttled, detail: no}]", ["'throttled' has no detail", "$.faults[0]"]),
        ("faults: [{kind: slow, probability: 2}]", ["'probability' must be <= 1", "$.faults[0]"]),
        ("faults: [{kind: slow, probability: often}]", ["often", "$.faults[0].probability"]),
        ("fault: []", ["unknown key fault"]),
        ("faults: {kind: slow}", ["expected a mapping with a list under `faults`"]),
        ("[]", ["expected a mapping with a list under `faults`"]),
        ("faults: [", ["line 2"]),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(tmp_path: Path, text: str, told: list[str]) -> None:
    """The message names the file, where in it, and what is wrong."""
    file = tmp_path / "scenario.yaml"
    file.write_text(text)
    with pytest.raises(ScenarioError) as refused:
        Scenario.from_yaml(file)
    assert str(file) in str(refused.value)
    for each in told:
        assert each.replace("$", str(file)) in str(refused.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """A path without a file is a ScenarioError that names it."""
    with pytest.raises(ScenarioError, match=r"nowhere\.yaml"):
        Scenario.from_yaml(tmp_path / "nowhere.yaml")
