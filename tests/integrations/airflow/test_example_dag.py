"""The example DAG, whole, on a real Airflow: defer, trigger, resume."""

import json
from collections.abc import Mapping
from pathlib import Path
from urllib.request import urlopen

from tests.integrations.airflow.conftest import airflow


def test_forty_mapped_exports_are_forty_whole_files(airflow_home: Mapping[str, str], tmp_path: Path) -> None:
    """Each is created, deferred, waited for by the trigger, and downloaded."""
    environment = {**airflow_home, "LOOKER_EXPORT_OUT": str(tmp_path / "out")}
    ended = airflow("dags", "test", "looker_export_example", environment=environment, check=False)
    assert ended.returncode == 0, (ended.stdout + ended.stderr)[-4000:]
    files = sorted((tmp_path / "out").glob("*.pdf"))
    assert len(files) == 40
    assert all(path.read_bytes().startswith(b"%PDF-") and b"%%EOF" in path.read_bytes()[-32:] for path in files)
    with urlopen(f"{airflow_home['EMULATOR_URL']}/emulator/statistics") as answer:  # noqa: S310  # loopback
        created = json.loads(answer.read())["created"]
    assert created == {"create_dashboard_render_task": 40}
