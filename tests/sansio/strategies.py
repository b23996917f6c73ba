"""Exports of every kind, as hypothesis draws them."""

from hypothesis import strategies as st

from looker_tasks.exports import PAPER_SIZES, STYLES, DashboardExport, ElementExport, Export, LookExport, QueryExport
from looker_tasks.formats import DATA_FORMATS, IMAGE_FORMATS

#: Any text that can be sent.
TEXTS = st.text(st.characters(codec="utf-8"), max_size=30)

#: What Looker's ids look like, and what they never should.
IDS = st.one_of(
    st.integers(1, 99).map(str),
    st.from_regex(r"[a-zA-Z0-9._-]{1,12}", fullmatch=True),
    st.from_regex(r"[a-z]{1,4}::[a-zA-Z_]{1,4}", fullmatch=True),
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=200),
).filter(lambda found: found.strip() not in {"", ".", ".."})

_SIZES = st.integers(1, 3000)
_YES_NO = st.none() | st.booleans()
_TITLES = TEXTS.filter(bool)
_FILTERS = st.dictionaries(
    _TITLES, TEXTS | st.integers() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False), max_size=3
)

PDFS = st.builds(
    DashboardExport,
    IDS,
    st.just("pdf"),
    filters=_FILTERS,
    width=_SIZES,
    height=_SIZES,
    paper_size=st.none() | st.sampled_from(PAPER_SIZES),
    landscape=_YES_NO,
    long_tables=_YES_NO,
    theme=st.none() | TEXTS,
    style=st.none() | st.sampled_from(STYLES),
    tabs=st.lists(_TITLES, max_size=2),
)
DASHBOARD_PICTURES = st.builds(
    DashboardExport, IDS, st.sampled_from(IMAGE_FORMATS), filters=_FILTERS, width=_SIZES, height=_SIZES
)
ELEMENTS = st.builds(ElementExport, IDS, st.sampled_from(IMAGE_FORMATS), width=_SIZES, height=_SIZES)
PICTURES = st.one_of(
    *(
        st.builds(kind, look_or_query, st.sampled_from(IMAGE_FORMATS), width=_SIZES, height=_SIZES)
        for kind, look_or_query in ((LookExport, IDS), (QueryExport, IDS))
    )
)
ROWS = st.one_of(
    *(
        st.builds(
            kind,
            IDS,
            st.sampled_from(DATA_FORMATS),
            limit=st.none() | st.integers(-1, 5000),
            cache=_YES_NO,
            apply_formatting=_YES_NO,
            path_prefix=st.none() | TEXTS,
        )
        for kind in (LookExport, QueryExport)
    )
)

#: Any export without a name of its own.
EXPORTS: st.SearchStrategy[Export] = st.one_of(PDFS, DASHBOARD_PICTURES, ELEMENTS, PICTURES, ROWS)
