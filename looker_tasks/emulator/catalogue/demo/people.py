"""The demo's users, and the boards and schedules that they made. Data alone."""

from looker_tasks.emulator.content import Board, BoardItem, BoardSection, Destination, ScheduledPlan, User

_FIRST = ("Ada", "Ben", "Chloe", "Dan", "Eva", "Finn", "Gita", "Hans", "Iris", "Jon", "Kim", "Lea")
_LAST = ("Nilsen", "Okoye", "Park", "Quist", "Rao")
_LAST_ID = 60


def _user(number: int) -> User:
    first, last = _FIRST[number % len(_FIRST)], _LAST[number % len(_LAST)]
    return User(
        str(number), first, last, f"{first}.{last}{number}@shop.example.com".lower(), is_disabled=number == _LAST_ID
    )


USERS = (User("1", "API", "User"), *(_user(number) for number in range(2, _LAST_ID + 1)))  # the last one may not log in

BOARDS = (
    Board(
        "1",
        "Monday Meeting",
        (
            BoardSection("1", "Numbers", (BoardItem("1", "1"), BoardItem("2", "2"), BoardItem("3", look_id="2"))),
            BoardSection(
                "2",
                "Customers",
                (BoardItem("4", "33", title="Who buys"), BoardItem("5", "thelook::customer_360"), BoardItem("6", "50")),
                item_order=("6", "4", "5"),
            ),
            BoardSection("3", "Nothing yet", ()),
        ),
        "What we look at every Monday.",
        section_order=("2", "1", "3"),
    ),
    Board(
        "2",
        "Accounts",
        (BoardSection("4", "Reports", (BoardItem("7", "50"), BoardItem("8", look_id="26"))),),
        user_id="2",
    ),
)

_PDF = Destination("wysiwyg_pdf", address="team@shop.example.com")
SCHEDULES = (
    ScheduledPlan(
        id="1",
        name="West, every Monday",
        dashboard_id="42",
        filters_string="?Region=West&Order+Date=12+months",
        crontab="0 6 * * 1",
        timezone="America/Los_Angeles",
        pdf_paper_size="a4",
        pdf_landscape=True,
        destinations=(_PDF, Destination("wysiwyg_png", address="chief@shop.example.com")),
    ),
    ScheduledPlan(
        id="2",
        name="Summary for the board",
        dashboard_id="1",
        crontab="0 7 1 * *",
        tab_ids=("1",),
        pdf_page_breaks=True,
        long_tables=True,
        require_results=True,
        destinations=(_PDF,),
    ),
    ScheduledPlan(
        id="3",
        name="Tiles as CSV",
        user_id="2",
        dashboard_id="2",
        filters_string="Order+Date=7+days",
        crontab="30 5 * * *",
        destinations=(
            Destination("csv_zip", "sftp", "sftp://files.example.com/in", apply_formatting=False, apply_vis=False),
        ),
    ),
    ScheduledPlan(
        id="4",
        name="Best sellers",
        user_id="2",
        look_id="11",
        crontab="0 8 * * 1-5",
        send_all_results=True,
        destinations=(
            Destination("xlsx", address="buying@shop.example.com"),
            Destination("csv", "s3", "s3://shop-exports", apply_formatting=False),
        ),
    ),
    ScheduledPlan(
        id="5",
        name="Pulse after each load",
        dashboard_id="thelook::business_pulse",
        datagroup="nightly_load",
        require_change=True,
        color_theme="Looker",
        destinations=(Destination("assembled_pdf", address="pulse@shop.example.com"),),
    ),
    ScheduledPlan(
        id="6",
        name="Revenue to the data lake",
        look_id="2",
        crontab="0 4 * * *",
        enabled=False,
        destinations=(Destination("json_detail", "webhook", "https://hooks.example.com/looker"),),
    ),
    ScheduledPlan(
        id="7",
        name="Smith, Jones & Co",
        user_id="3",
        dashboard_id="50",
        filters_string="Customer=%22Smith%2C+Jones+%26+Co%22&Order+Date=",
        crontab="0 6 1 * *",
        run_as_recipient=True,
        destinations=(Destination("wysiwyg_pdf", address="jones@smith.example.com"),),
    ),
)
