"""Plan a manifest that a test writes, without a Looker."""

import asyncio
from pathlib import Path

import pytest

from looker_tasks import ConfigurationError, Export, Failed
from looker_tasks.planning.plan import Plan, make_plan
from looker_tasks.sansio.protocol.operations import ApiVersion


def plan_of(path: Path, api_version: ApiVersion = "4.0") -> Plan:
    """Return the plan of a manifest."""
    return asyncio.run(make_plan(path, api_version=api_version))


def made_by(plan: Plan) -> list[Export]:
    """Return the exports of a plan."""

    async def exports() -> list[Export]:
        return [export async for export in plan.exports if not isinstance(export, Failed)]

    return asyncio.run(exports())


def exports_of(folder: Path, suffix: str, content: str | bytes) -> list[Export]:
    """Return the exports of a manifest with that *content*."""
    path = folder / f"m.{suffix}"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return made_by(plan_of(path))


def complaint_of(folder: Path, suffix: str, content: str | bytes) -> str:
    """Return what is wrong with a manifest, less its path."""
    with pytest.raises(ConfigurationError) as raised:
        exports_of(folder, suffix, content)
    return str(raised.value).replace(f"{folder / f'm.{suffix}'}: ", "")
