"""Pies. Pure."""

from looker_tasks.emulator.drawing.axes import LABEL_SIZE, Spec
from looker_tasks.emulator.drawing.frame import LEGEND_LINE, LEGEND_MARK, Chart, Frame
from looker_tasks.emulator.drawing.series import Reading
from looker_tasks.emulator.drawing.typeface import fitted, width_of

_MOST_SLICES = 11


def pie(reading: Reading, frame: Frame) -> Chart:
    """Share out the first measure over its rows, or a row's measures; the smallest slices are one."""
    sizes = _sizes(reading)
    total = sum(sizes.values())
    if not total:
        return Chart({"data": {"values": []}, "mark": "arc"}, "Nothing to share out")
    beside = frame.width > frame.height
    room = max(24.0, frame.width * 0.5 - LEGEND_MARK - width_of("  00.0%", LABEL_SIZE))
    shares = {name: f"{fitted(name, room, LABEL_SIZE)}  {size / total:.1%}" for name, size in sizes.items()}
    labels = list(dict.fromkeys(shares.values()))
    values = [
        {"slice": shares[name], "value": size, "order": place} for place, (name, size) in enumerate(sizes.items())
    ]
    colour: Spec = {
        "field": "slice",
        "type": "nominal",
        "scale": {"domain": labels, "range": list(frame.theme.series)},
        "legend": _legend(labels, frame, beside=beside),
    }
    encoding: Spec = {
        "theta": {"field": "value", "type": "quantitative", "stack": True},
        "order": {"field": "order", "type": "quantitative"},
        "color": colour,
    }
    mark: Spec = {"type": "arc", "stroke": frame.theme.card, "strokeWidth": 1}
    return Chart({"data": {"values": values}, "mark": mark, "encoding": encoding})


def _sizes(reading: Reading) -> dict[str, float]:
    if reading.title:
        slices = zip(reading.places, reading.series[0].numbers, strict=True)
    else:
        slices = zip((one.label for one in reading.series), (one.numbers[0] for one in reading.series), strict=True)
    sizes = {name: size for name, size in slices if size is not None and size > 0}
    if len(sizes) <= _MOST_SLICES:
        return sizes
    largest = sorted(sizes, key=sizes.__getitem__, reverse=True)[: _MOST_SLICES - 1]
    rest = sum(sizes.values()) - sum(sizes[name] for name in largest)
    return {**{name: sizes[name] for name in largest}, f"{len(sizes) - len(largest):,} others": rest}


def _legend(labels: list[str], frame: Frame, *, beside: bool) -> Spec:
    lines = max(1, int(frame.height * (0.9 if beside else 0.35) / LEGEND_LINE))
    across = 1 if beside else max(1, int(frame.width / (max(width_of(it, LABEL_SIZE) for it in labels) + LEGEND_MARK)))
    where = "right" if beside else "bottom"
    return {"title": None, "labelLimit": 0, "orient": where, "columns": across, "symbolLimit": lines * across}
