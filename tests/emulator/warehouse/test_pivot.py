"""Pivoting: against the same numbers asked for without it."""

from tests.emulator.shop import run


def test_each_cell_is_the_measure_of_its_row_and_column() -> None:
    """A pivoted result holds the numbers of the flat one, and None where there is none."""
    fields = ("products.category", "customers.state", "orders.count")
    few = {"customers.state": "Ohio,Texas", "orders.created_date": "2024-01-01 for 3 days"}
    flat = {(row[0], row[1]): row[2] for row in run(*fields, filters=few).values}
    wide = run(*fields, pivots=("customers.state",), filters=few)
    cells = {
        (row[0], column.pivots[0]): value
        for row in wide.values
        for value, column in zip(row[1:], wide.columns[1:], strict=True)
    }
    assert {key: value for key, value in cells.items() if value is not None} == flat
    assert None in cells.values()


def test_columns_say_what_they_are() -> None:
    """A pivoted column has Looker's series name, its measure, and a short label while one measure stands alone."""
    one = run("products.category", "customers.region", "orders.count", pivots=("customers.region",))
    two = run("products.category", "orders.count", "orders.total_revenue", pivots=("customers.region",))
    assert [column.label for column in one.columns] == ["Products Category", "East", "Midwest", "South", "West"]
    assert one.columns[4].name == "West - orders.count"
    assert one.columns[4].measure is not None
    assert one.columns[4].measure.name == "orders.count"
    assert two.columns[2].label == "East - Orders Total Revenue"
    assert [column.name for column in two.pivots] == ["customers.region"]


def test_several_pivots_make_a_column_for_each_pair() -> None:
    """Two pivots give their combinations, in order."""
    rows = run("orders.count", pivots=("orders.is_returned", "customers.region"))
    assert [column.pivots for column in rows.columns][:2] == [("No", "East"), ("No", "Midwest")]
    assert len(rows.columns) == 8
    assert len(rows.values) == 1


def test_columns_are_in_the_order_of_the_pivot() -> None:
    """Weekdays stand in the order of the week, and backwards when sorted so."""
    fields = ("orders.channel", "orders.created_day_of_week", "orders.count")
    pivots = ("orders.created_day_of_week",)
    forward = run(*fields, pivots=pivots)
    backward = run(*fields, pivots=pivots, sorts=("orders.created_day_of_week desc",))
    labels = [column.label for column in forward.columns[1:]]
    assert labels == ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    assert [column.label for column in backward.columns[1:]] == labels[::-1]


def test_rows_are_sorted_by_one_pivoted_column() -> None:
    """A sort by a measure takes the column that its index names, the first without one."""
    fields = ("products.category", "customers.region", "orders.count")
    by_second = run(*fields, pivots=("customers.region",), sorts=("orders.count desc 1",))
    ascending = run(*fields, pivots=("customers.region",), sorts=("orders.count",))
    second = [int(str(row[2])) for row in by_second.values]
    first = [int(str(row[1])) for row in ascending.values]
    assert second == sorted(second, reverse=True)
    assert first == sorted(first)


def test_the_limit_counts_pivoted_rows() -> None:
    """A limit of two leaves two rows, each with all its columns."""
    rows = run("products.category", "orders.count", pivots=("customers.region",), limit=2)
    assert len(rows.values) == 2
    assert None not in rows.values[1]


def test_no_more_than_fifty_columns() -> None:
    """Looker's column limit holds, and columns that were cut off leave no trace."""
    rows = run("orders.channel", "orders.count", pivots=("orders.created_date",))
    assert len(rows.columns) == 51
    assert all(len(row) == 51 for row in rows.values)


def test_a_pivoted_result_has_totals_too() -> None:
    """The totals of a pivoted query are those of its columns."""
    rows = run("products.category", "orders.count", pivots=("customers.region",), total=True)
    assert rows.totals is not None
    assert rows.totals[0] is None
    assert rows.totals[1:] == tuple(sum(int(str(row[n])) for row in rows.values) for n in range(1, 5))
