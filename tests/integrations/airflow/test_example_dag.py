"""The example DAG, whole, on a real Airflow, into a bucket: defer, trigger, resume."""

import json
from collections.abc import Mapping
from urllib.request import urlopen

from tests.integrations.airflow.conftest import airflow
from tests.s3_server import s3_server


def test_forty_mapped_exports_are_forty_whole_objects(airflow_home: Mapping[str, str]) -> None:
    """Each is created, deferred, waited for by the trigger, and downloaded; no upload is left unfinished."""
    with s3_server() as s3:
        out = f"{s3.bucket('reports')}/monthly"
        environment = {**airflow_home, **s3.environ, "LOOKER_EXPORT_OUT": out}
        ended = airflow("dags", "test", "looker_export_example", environment=environment, check=False)
        assert ended.returncode == 0, (ended.stdout + ended.stderr)[-4000:]
        bodies = {key: s3.body("reports", key) for key in s3.objects("reports")}
        assert s3.incomplete("reports") == []
    assert len(bodies) == 40
    assert all(key.startswith("monthly/") and key.endswith(".pdf") for key in bodies)
    assert all(body.startswith(b"%PDF-") and b"%%EOF" in body[-32:] for body in bodies.values())
    with urlopen(f"{airflow_home['EMULATOR_URL']}/emulator/statistics") as answer:  # noqa: S310  # loopback
        created = json.loads(answer.read())["created"]
    assert created == {"create_dashboard_render_task": 40}
