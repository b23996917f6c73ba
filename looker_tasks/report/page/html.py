"""An overview and what its files look like → the text of report.html.

Names, messages and cells are whatever people and servers wrote: the template escapes them, the script writes them as
text, and a policy in the page's head lets nothing run or load but what stands there.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from looker_tasks.report.analysis import changes, contents, operations, reasons, shares
from looker_tasks.report.overview import Overview
from looker_tasks.report.page import wording
from looker_tasks.report.page.rows import Shown, page_data

_SCRIPTS = ("data.js", "elements.js", "files.js", "details.js", "scale.js", "chart.js", "main.js")
_SCRIPT_SAFE = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def page(overview: Overview, shown: Sequence[Shown], *, title: str) -> str:
    """Return the page of *overview*; *shown* has what is known of the file of each of its items."""
    data = page_data(overview, shown)
    script = _assets(*_SCRIPTS)
    return _template().render(
        title=title,
        overview=overview,
        run=overview.run,
        counts=overview.counts,
        total=max(len(overview.items), (overview.run.expected or 0) if overview.run is not None else 0),
        is_partial=[item for item in overview.items if item.is_of_last_run] != list(overview.items),
        gone=sum(each.is_gone for each in shown),
        reasons=reasons(overview.items),
        contents=contents(overview.items),
        shares=shares(item for item in overview.items if item.is_of_last_run),
        operations=[] if overview.run is None else operations(overview.run),
        changes=changes(overview.items),
        unchanged=sum(
            item.size_before is not None and item.state == "exported" and item.sha256 == item.sha256_before
            for item in overview.items
        ),
        compared=sum(item.size_before is not None for item in overview.items),
        size=sum(item.size or 0 for item in overview.items if item.state == "exported"),
        made=overview.counts["exported"],
        script=Markup(script),  # noqa: S704  # ours
        digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        style=Markup(_assets("style.css")),  # noqa: S704  # ours
        data=Markup(_json(data.values)),  # noqa: S704  # escaped by `_json`
        pictures=Markup(data.pictures),  # noqa: S704  # base 64
    )


def _json(values: object) -> str:
    """Return *values* as JSON that ends no script element, whatever texts it holds."""
    return json.dumps(values, separators=(",", ":"), ensure_ascii=False).translate(_SCRIPT_SAFE)


def _assets(*names: str) -> str:
    folder = files("looker_tasks.report.page")
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in names)


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("looker_tasks.report", "page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    names = ("duration", "size", "thousands", "percent", "moment", "exact", "factor")
    environment.filters.update({name: getattr(wording, name) for name in names})
    return environment.get_template("report.html.jinja")
