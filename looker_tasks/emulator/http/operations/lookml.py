"""What tools that validate LookML ask for: models, explores, fields, the session's workspace, the project's branch.

There is one project for each model, one branch, and nothing to change: both workspaces show the same.
"""

from typing import TYPE_CHECKING

from looker_tasks.emulator.http.bodies.content import Json
from looker_tasks.emulator.http.call import Call
from looker_tasks.emulator.http.errors import Detail, invalid
from looker_tasks.emulator.http.operations.contents import existing
from looker_tasks.emulator.http.parameters import Parameters
from looker_tasks.emulator.reply import Reply

if TYPE_CHECKING:
    from looker_tasks.emulator.warehouse import Explore, Field, Model  # brings DuckDB, which waits until it is needed

WORKSPACES = ("dev", "production")
BRANCH = "main"
COMMIT = "0" * 40


async def session(call: Call) -> Reply:
    """Answer which workspace the token works in."""
    return call.respond("ApiSession", _session(call))


async def update_session(call: Call) -> Reply:
    """Let the token work in another workspace."""
    workspace = Parameters(await call.body(required=True)).text("workspace_id")
    if workspace not in WORKSPACES:
        raise invalid(Detail("workspace_id", "invalid", f"workspace_id must be one of {', '.join(WORKSPACES)}."))
    call.looker.tokens.move(call.token, workspace)
    return call.respond("ApiSession", _session(call))


async def git_branch(call: Call) -> Reply:
    """Answer the branch of a project: there is one."""
    return call.respond("GitBranch", await _branch(call))


async def all_git_branches(call: Call) -> Reply:
    """List the branches of a project: there is one."""
    return call.respond("GitBranch", [await _branch(call)])


async def manifest(call: Call) -> Reply:
    """Answer what a project imports: nothing."""
    model = await _project(call)
    return call.respond("Manifest", {"can": {}, "name": model.name, "imports": [], "localization_settings": None})


async def all_lookml_models(call: Call) -> Reply:
    """List the models with the names of their explores."""
    return call.respond("LookmlModel", [_model_body(each) for each in await call.looker.models()])


async def lookml_model(call: Call) -> Reply:
    """Answer with a model with the names of its explores."""
    return call.respond("LookmlModel", _model_body(await _model(call, call.target_id)))


async def lookml_model_explore(call: Call) -> Reply:
    """Answer with an explore with its fields."""
    model = await _model(call, call.target_id)
    explore = existing(model.explore(call.path["explore_name"]))
    fields: Json = {
        "dimensions": [_field_body(each) for each in explore.fields if each.kind == "dimension"],
        "measures": [_field_body(each) for each in explore.fields if each.kind == "measure"],
        "filters": [],
        "parameters": [],
    }
    body = _explore_body(explore) | {
        "id": f"{model.name}::{explore.name}",
        "model_name": model.name,
        "project_name": model.name,
        "view_name": explore.base,
        "fields": fields,
    }
    return call.respond("LookmlModelExplore", body)


def _session(call: Call) -> Json:
    return {"can": {}, "workspace_id": call.looker.tokens.workspace(call.token), "sudo_user_id": None}


async def _branch(call: Call) -> Json:
    model = await _project(call)
    return {
        "can": {},
        "name": BRANCH,
        "remote": "origin",
        "remote_name": BRANCH,
        "ref": COMMIT,
        "remote_ref": COMMIT,
        "is_production": True,
        "is_local": True,
        "is_remote": True,
        "personal": False,
        "readonly": True,
        "message": f"The model {model.name}",
    }


async def _project(call: Call) -> "Model":
    return await _model(call, call.target_id)


async def _model(call: Call, name: str) -> "Model":
    return existing(next((each for each in await call.looker.models() if each.name == name), None))


def _model_body(model: "Model") -> Json:
    return {
        "can": {},
        "name": model.name,
        "label": model.label,
        "project_name": model.name,
        "has_content": True,
        "allowed_db_connection_names": [],
        "unlimited_db_connections": False,
        "explores": [_explore_body(each) for each in model.explores],
    }


def _explore_body(explore: "Explore") -> Json:
    return {"name": explore.name, "label": explore.label, "hidden": False, "description": None}


def _field_body(field: "Field") -> Json:
    return {
        "name": field.name,
        "label": field.label,
        "view": field.view,
        "type": field.lookml.type or field.type,
        "category": field.kind,
        "sql": field.sql,
        "tags": [],
        "hidden": field.lookml.hidden,
        "description": field.lookml.description,
        "dimension_group": field.lookml.group,
        "lookml_link": None,
        "value_format": field.value_format,
    }
