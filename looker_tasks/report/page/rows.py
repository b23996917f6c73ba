"""The items of an overview as the page's script reads them: arrays, with what comes often in tables of its own."""

import math
from collections.abc import Mapping, Sequence

from attrs import define, field, frozen

from looker_tasks.report.overview import STATES, Item, Overview
from looker_tasks.report.phases import CLASSES, phase_class
from looker_tasks.report.previews.values import Preview
from looker_tasks.report.records import Run

#: What a row has, in this order.
FIELDS = (
    "name",
    "state",  # in `states`
    "kind",
    "id",
    "title",  # in `texts`
    "content",  # in `texts`
    "format",
    "size",
    "before",  # size in the run before
    "changed",  # 1: another digest than before, 0: the same
    "seconds",
    "ended",  # seconds since 1970
    "calls",
    "retries",
    "creates",
    "task",
    "sha256",
    "type",
    "error",
    "message",
    "phase",
    "advice",  # in `texts`
    "spans",  # phase (in `phases`), begin, length; in milliseconds since the run's start; again and again
    "spent",  # phase (in `phases`), milliseconds; again and again
    "link",  # of the file, from the page; "" where it is not there
    "gone",  # 1: exported, and the file is not there
    "picture",  # line of the block of pictures, or -1
    "width",
    "height",
    "table",
    "text",
)


@frozen
class Shown:
    """What the page shows of an item beside the item itself."""

    link: str = ""
    is_gone: bool = False
    preview: Preview = field(factory=Preview)


@define
class _Texts:
    """Texts by number."""

    texts: list[str] = field(factory=list)
    _numbers: dict[str, int] = field(factory=dict)

    def number(self, text: str) -> int:
        """Return the number of *text*."""
        if text not in self._numbers:
            self._numbers[text] = len(self.texts)
            self.texts.append(text)
        return self._numbers[text]


@frozen
class PageData:
    """What the script reads, and the pictures beside it: a line of text each."""

    values: Mapping[str, object]
    pictures: str


def page_data(overview: Overview, shown: Sequence[Shown]) -> PageData:
    """Return *overview*, with what is *shown* of each of its items, for the script."""
    phases, texts, pictures = _Texts(), _Texts(), list[str]()
    rows = [_row(item, each, phases, texts, pictures) for item, each in zip(overview.items, shown, strict=True)]
    values = {
        "fields": FIELDS,
        "rows": rows,
        "states": STATES,
        "texts": texts.texts,
        "phases": [(name, _CLASS_NUMBERS[phase_class(name).name]) for name in phases.texts],
        "classes": [(each.name, each.label) for each in CLASSES],
        "run": None if overview.run is None else _run(overview.run),
    }
    return PageData(values, "\n".join(pictures))


_CLASS_NUMBERS = {each.name: number for number, each in enumerate(CLASSES)}


def _row(item: Item, shown: Shown, phases: _Texts, texts: _Texts, pictures: list[str]) -> list[object]:
    preview = shown.preview
    picture = -1
    if preview.picture:
        picture = len(pictures)
        pictures.append(f"data:image/webp;base64,{preview.picture}")
    has_before = item.size_before is not None
    return [
        item.name,
        STATES.index(item.state),
        item.kind,
        item.id,
        texts.number(item.title),
        texts.number(item.content),
        item.format,
        item.size,
        item.size_before,
        int(item.sha256 != item.sha256_before) if has_before else None,
        None if item.seconds is None else round(item.seconds, 2),
        None if item.ended is None else round(item.ended, 1),
        item.calls,
        item.retries,
        item.creates,
        item.task_id,
        item.sha256,
        item.content_type,
        item.error,
        item.message,
        item.phase,
        texts.number(item.advice),
        [part for name, at, to in item.spans for part in (phases.number(name), _ms(at), _ms(to - at))],
        [part for name, seconds in item.phases.items() for part in (phases.number(name), _ms(seconds))],
        shown.link,
        int(shown.is_gone),
        picture,
        preview.width,
        preview.height,
        preview.rows or None,
        preview.text,
    ]


def _run(run: Run) -> Mapping[str, object]:
    concurrency = int(run.concurrency) if run.concurrency.isdecimal() else None
    return {
        "started": run.started,
        "length": math.ceil(run.last * 1000),  # milliseconds
        "ended": run.is_ended,
        "concurrency": concurrency,
        "limits": [(_ms(at), kind, limit) for at, kind, limit in run.limits],
        "pauses": [(_ms(at), operation, _ms(seconds)) for at, operation, seconds in run.pauses],
    }


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
