"""Which database the dearer modules of tests meet in `make test`. The drills try each on the other one too.

What depends on the database itself (races, locks, migrations, the ledger) is tried on both every time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pytest

PARAMETERS = ("database_url", "new_url")
# By the beginning of a test's address; the longest that fits decides.
MEETS = {
    "tests/accounts/test_views.py": "sqlite",
    "tests/console/": "postgresql",
    "tests/console/test_members.py": "sqlite",
    "tests/exchange/test_hostile_files.py::test_hostile": "sqlite",
    "tests/exchange/test_there_and_back.py::test_the_demo": "postgresql",
    "tests/joining/": "postgresql",
    "tests/joining/test_addresses.py": "sqlite",
    "tests/joining/test_views.py": "sqlite",
    "tests/leaderboards/test_opt_out.py": "postgresql",
    "tests/mail/test_faults.py": "postgresql",
    "tests/privacy/test_copy.py": "sqlite",
    "tests/privacy/test_retention.py": "postgresql",
    "tests/profile/": "postgresql",
    "tests/reports/": "postgresql",
    "tests/rights/": "postgresql",
    "tests/roll_over/": "postgresql",
    "tests/school_admin/": "sqlite",
    "tests/feeds/": "sqlite",
    "tests/search/test_leaks.py::test_staff": "postgresql",
    "tests/second_factor/test_sign_in.py": "postgresql",
    "tests/second_factor/test_views.py": "sqlite",
    "tests/setup/": "postgresql",
    "tests/slips/": "sqlite",
    "tests/submissions/test_races.py::test_two_hundred": "postgresql",
    "tests/test_canary.py": "postgresql",
    "tests/uploads/test_tidying.py": "postgresql",
    "tests/test_demo.py": "sqlite",
    "tests/test_two_worlds.py": "postgresql",
    "tests/writing/test_editing.py": "postgresql",
    "tests/writing/test_history.py": "postgresql",
    "tests/writing/test_pictures.py": "postgresql",
}


def leave_to_drills(items: Iterable[pytest.Item]) -> None:
    """Mark as drills what would be tried a second time, on the other database, in one of those modules."""
    twins: dict[tuple[object, ...], dict[str, pytest.Item]] = defaultdict(dict)
    for item in items:
        given = (
            dict(item.callspec.params)
            if isinstance(item, pytest.Function) and hasattr(item, "callspec")
            else {}
        )
        kind = next((given.pop(name) for name in PARAMETERS if name in given), None)
        if isinstance(kind, str):
            twins[item.nodeid.partition("[")[0], *map(repr, given.items())][kind] = item
    for (function, *_), by_kind in twins.items():
        fitting = [start for start in MEETS if str(function).startswith(start)]
        if fitting and len(by_kind) > 1:
            meets = MEETS[max(fitting, key=len)]
            for kind, item in by_kind.items():
                if kind != meets:
                    item.add_marker(pytest.mark.drill)
