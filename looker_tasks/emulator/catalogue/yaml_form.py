"""The form of a user's catalogue in YAML. Values alone: `yaml_reading` reads them, `from_yaml` gives them meaning.

    today: 2026-06-30                  # what "7 days" in a filter counts from; else the latest day in the files
    views:                             # a table each, from a CSV or Parquet file beside this one
      sales:
        file: sales.csv                # every column is a dimension: a date as sold_date, sold_week, sold_month, …
        dimensions:                    # more, or other ones: type string, number, date or yesno, and SQL
          is_large: {type: yesno, sql: sales.amount > 100}
        measures:                      # `count` is there always
          revenue: {is: sum of amount, format: "$#,##0"}
          buyers: distinct count of customer_id
      customers: {file: customers.parquet}
    models:
      shop:
        explores:
          sales:                       # named as its view, or else with `view: …`
            joins: {customers: sales.customer_id = customers.id}
    folders:
      "12": Finance                    # or {name: Finance, parent: "1"}
    dashboards:
      "42":                            # "model::name" makes a LookML dashboard
        title: Sales by region
        folder: "12"
        filters:
          Region: {field: customers.region, default: West}    # or just the field
          Price: {type: number, name: price, default: ">10"}   # of no field: type date, number or string
        tabs: [First, Second]          # then each element names its tab
        elements:
          - {title: Revenue, type: single_value, explore: sales, fields: [sales.revenue], width: 6, height: 4}
          - {title: By region, type: column, explore: sales, fields: [customers.region, sales.revenue]}
          - {title: A note, type: text, text: Net of returns.}
          - {title: As the look has it, look: "7"}              # or one of: sql, link (a button), extension, and
          - title: Sales and visits                            # merged results: queries with a name each
            merge: [{name: Sales, explore: sales, fields: [customers.region, sales.revenue]}]
    looks:
      "7": {title: Revenue, folder: "12", type: table, explore: sales, fields: [sales.revenue]}
    boards:
      "3":
        title: Monday
        sections: [{title: Numbers, items: [{dashboard: "42"}, {look: "7", title: Money}]}]
    schedules:
      "5":
        {name: Weekly, dashboard: "42", filters: "Region=West", crontab: "0 6 * * 1", user: "2",
         destinations: [{format: wysiwyg_pdf, type: email, address: team@example.com}]}
    users:                             # the first is whom the API's credentials speak as; without: 1, 2 and 3
      "1": API User                    # or {first_name: API, last_name: User, email: …, is_disabled: true}

An element hears each filter of its dashboard whose field its explore has, unless `listens` says otherwise (filter by
title → field). Filters have their title for a name, unless `name` says otherwise. Dashboards and looks may be
`deleted`, and belong to a `user`. Queries take `model` (where there are several), `fields`, `filters`, `sorts`,
`limit`, `pivots` and `total`.
Every scalar is read as it is written: an id 012 stays 012, and a region called NO is no boolean.
"""

from collections.abc import Mapping

from attrs import field, frozen

from looker_tasks.emulator.content import FilterType, Visualization
from looker_tasks.emulator.results import FieldType


@frozen
class DimensionForm:
    """A dimension that is not just a column."""

    sql: str
    type: FieldType = "string"
    format: str | None = None


@frozen
class MeasureForm:
    """A measure: `is` in words ("sum of amount") or `sql`, an aggregate."""

    words: str = "count"
    sql: str | None = None
    format: str | None = None


@frozen
class ViewForm:
    """A table from a file, and its fields."""

    file: str
    dimensions: Mapping[str, DimensionForm] = field(factory=dict)
    measures: Mapping[str, MeasureForm] = field(factory=dict)


@frozen
class ExploreForm:
    """A view and those joined to it: view → condition."""

    view: str | None = None
    label: str | None = None
    joins: Mapping[str, str] = field(factory=dict)


@frozen
class ModelForm:
    """The explores of a model."""

    explores: Mapping[str, ExploreForm]
    label: str | None = None


@frozen
class FolderForm:
    """A folder."""

    name: str
    parent: str | None = None


@frozen
class FilterForm:
    """A dashboard filter: a field ("view.name") and what it is set to at first."""

    field: str = ""
    default: str = ""
    type: FilterType = "field"
    name: str | None = None  # what elements listen to; None: its title
    multiple: bool = True
    required: bool = False
    listens_to: tuple[str, ...] = ()  # titles of other filters
    display: str = "popover"


@frozen(kw_only=True)
class QueryForm:
    """A query."""

    model: str | None = None
    explore: str | None = None
    fields: tuple[str, ...] = ()
    filters: Mapping[str, str] = field(factory=dict)
    sorts: tuple[str, ...] = ()
    limit: int | None = None
    pivots: tuple[str, ...] = ()
    total: bool = False


@frozen(kw_only=True)
class ChartForm(QueryForm):
    """A query and how it is shown: a look, or an element once it is placed."""

    title: str
    type: Visualization = "looker_grid"
    description: str = ""


@frozen(kw_only=True)
class LookForm(ChartForm):
    """A look."""

    folder: str
    user: str | None = None
    deleted: bool = False


@frozen(kw_only=True)
class MergeForm(QueryForm):
    """One query of merged results."""

    name: str
    listens: Mapping[str, str] | None = None


@frozen(kw_only=True)
class ElementForm(ChartForm):
    """A dashboard element; without an id it gets the next free number, or its title's words in a LookML dashboard."""

    id: str | None = None
    text: str = ""
    note: str = ""
    look: str | None = None
    merge: tuple[MergeForm, ...] = ()
    sql: str | None = None
    link: str | None = None
    extension: str | None = None
    width: int = 12
    height: int = 8
    tab: str | None = None
    listens: Mapping[str, str] | None = None


@frozen
class DashboardForm:
    """A dashboard."""

    title: str
    folder: str
    elements: tuple[ElementForm, ...]
    filters: Mapping[str, FilterForm] = field(factory=dict)
    tabs: tuple[str, ...] = ()
    description: str = ""
    user: str | None = None
    deleted: bool = False


@frozen
class BoardItemForm:
    """A dashboard or a look on a board."""

    dashboard: str | None = None
    look: str | None = None
    title: str | None = None
    id: str | None = None


@frozen
class SectionForm:
    """A part of a board."""

    title: str
    items: tuple[BoardItemForm, ...] = ()
    id: str | None = None


@frozen
class BoardForm:
    """A board; its sections and their items stand as they are written."""

    title: str
    sections: tuple[SectionForm, ...] = ()
    description: str = ""
    user: str | None = None


@frozen
class DestinationForm:
    """Where a schedule sends, and in which of Looker's formats."""

    format: str
    type: str = "email"
    address: str = ""
    apply_formatting: bool = True
    apply_vis: bool = True


@frozen(kw_only=True)
class ScheduleForm:
    """A schedule: one of a dashboard and a look, with a crontab or a datagroup."""

    name: str
    dashboard: str | None = None
    look: str | None = None
    filters: str | None = None
    crontab: str | None = None
    datagroup: str | None = None
    timezone: str = "UTC"
    user: str | None = None
    enabled: bool = True
    run_as_recipient: bool = False
    send_all_results: bool = False
    require_results: bool = False
    require_no_results: bool = False
    require_change: bool = False
    paper_size: str | None = None
    landscape: bool = False
    page_breaks: bool = False
    long_tables: bool = False
    theme: str | None = None
    tabs: tuple[str, ...] = ()
    destinations: tuple[DestinationForm, ...] = ()


@frozen
class UserForm:
    """A user."""

    first_name: str
    last_name: str = ""
    email: str = ""
    is_disabled: bool = False


@frozen
class CatalogueForm:
    """The whole file."""

    views: Mapping[str, ViewForm]
    models: Mapping[str, ModelForm]
    folders: Mapping[str, FolderForm]
    dashboards: Mapping[str, DashboardForm] = field(factory=dict)
    looks: Mapping[str, LookForm] = field(factory=dict)
    boards: Mapping[str, BoardForm] = field(factory=dict)
    schedules: Mapping[str, ScheduleForm] = field(factory=dict)
    users: Mapping[str, UserForm] = field(factory=dict)
    today: str | None = None
