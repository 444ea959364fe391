"""A run of the fleet: everybody once, failures named and left alone, two at once refused, pause and resume."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg

from tests.upgrades.conftest import Fleet, prepared


def one_wave(companies: list[dict[str, str]]) -> list[str]:
    """The first company as the only canary, all others at once: a blocked one holds up nobody."""
    return ["--canary", companies[0]["slug"], "--waves", "100%"]


def test_everybody_arrives_once_and_blanks_too(fleet: Fleet) -> None:
    companies = fleet.open(8)
    fleet.run("manage.py", "install", "--reserve", "2")
    old = fleet.rows("SELECT schema_name FROM tenants_blank")
    said = fleet.upgrade("start")
    assert "8 of 8 done, 0 failed" in said
    assert len(set(fleet.releases().values())) == 1
    assert [fleet.times_upgraded(company["schema"]) for company in companies] == [1] * 8
    assert fleet.rows("SELECT state, count(*) FROM tenants_upgradestep GROUP BY state") == [("done", 8)]
    assert fleet.times_upgraded("t_template000000000000") == 1
    target = fleet.releases()[companies[0]["slug"]]
    assert {row[0] for row in fleet.rows("SELECT release FROM tenants_blank")} == {target}
    assert all(fleet.times_upgraded(name) == 1 for (name,) in old)
    # The role of an upgraded company may use what is new, and a company opened now is at the new release.
    assert fleet.rows(f"SELECT has_table_privilege(%s, '{companies[0]['schema']}.clients_badge', 'INSERT')",
                      companies[0]["schema"])[0][0]  # fmt: skip
    (new,) = fleet.open(1, "new", ahead="1")
    assert fleet.releases()[new["slug"]] == target


def test_failed_companies_stay_serve_and_can_be_tried_again(fleet: Fleet) -> None:
    companies = fleet.open(12)
    broken = companies[3:6]
    prepared(fleet, broken)
    before = fleet.releases()
    said = fleet.upgrade("start", "--stop-at", "50%", "--canary", companies[0]["slug"], code=1)
    assert "9 of 12 done, 3 failed" in said
    assert 'statement: CREATE TABLE "clients_badge"' in said
    assert 'relation "clients_badge" already exists' in said
    after = fleet.releases()
    for company in companies:
        moved = after[company["slug"]] != before[company["slug"]]
        assert moved == (company not in broken)
        assert fleet.times_upgraded(company["schema"]) == int(moved)
    with fleet.owner() as connection:
        connection.execute(f"DROP TABLE {broken[0]['schema']}.clients_badge")
    assert "10 of 12 done, 2 failed" in fleet.upgrade("retry", broken[0]["slug"], code=1)
    with fleet.owner() as connection:
        for company in broken[1:]:
            connection.execute(f"DROP TABLE {company['schema']}.clients_badge")
    assert "12 of 12 done, 0 failed" in fleet.upgrade("retry")
    assert len(set(fleet.releases().values())) == 1


def test_release_that_is_bad_for_everybody_stops_early(fleet: Fleet) -> None:
    fleet.open(10)
    before = fleet.releases()
    for options in ((), ("--canary", "0", "--waves", "100%", "--stop-at", "100%")):
        said = fleet.upgrade("start", *options, code=1, ahead="bad")
        assert "stopped" in said
        assert 'check constraint "impossible"' in said
        tried = fleet.rows("SELECT count(*) FROM tenants_upgradestep WHERE state = 'failed' AND run_id ="
                           " (SELECT max(id) FROM tenants_upgraderun)")[0][0]  # fmt: skip
        assert 1 <= tried <= 3
    assert fleet.releases() == before


def test_second_command_refuses_and_a_waiting_company_holds_nobody_up(
    fleet: Fleet, blocked: Callable[..., Any]
) -> None:
    companies = fleet.open(6)
    with blocked(fleet, companies[2]):
        first = fleet.start("manage.py", "upgrade", "start", *one_wave(companies), ahead="1")
        fleet.wait_until("SELECT count(*) = 5 FROM tenants_upgradestep WHERE state = 'done'", first)
        for verb in ("start", "resume"):
            said = fleet.upgrade(verb, code=1)
            assert said.strip().splitlines()[-1].startswith("CommandError: Upgrade 1 is running")
        assert "running. 5 of 6 done" in fleet.upgrade("status")
        # A request of the blocked company is served while the upgrade waits its turn.
        assert fleet.rows(f"SELECT count(*) FROM {companies[2]['schema']}.team_member")[0][0] == 1
    said, _ = first.communicate(timeout=240)
    assert first.returncode == 0
    assert "6 of 6 done, 0 failed" in said


def test_pause_and_resume(fleet: Fleet, blocked: Callable[..., Any]) -> None:
    companies = fleet.open(5)
    with blocked(fleet, companies[1]):
        first = fleet.start("manage.py", "upgrade", "start", *one_wave(companies), ahead="1")
        fleet.wait_until("SELECT count(*) = 4 FROM tenants_upgradestep WHERE state = 'done'", first)
        fleet.upgrade("pause")
        said, _ = first.communicate(timeout=240)
        assert "paused. 4 of 5 done" in said
        assert "is not finished: go on with" in fleet.upgrade("start", code=1)
    assert "done. 5 of 5 done" in fleet.upgrade("resume")
    assert "No upgrade is open" in fleet.upgrade("resume", code=1)


def test_old_code_opens_companies_in_mid_run(fleet: Fleet, blocked: Callable[..., Any]) -> None:
    """From an old blank and by the old blueprint; both are upgraded before the run is over."""
    companies = fleet.open(3)
    with blocked(fleet, companies[1]):
        run = fleet.start("manage.py", "upgrade", "start", *one_wave(companies), ahead="1")
        fleet.wait_until("SELECT count(*) = 2 FROM tenants_upgradestep WHERE state = 'done'", run)
        late = fleet.open(3, "late")
        assert fleet.times_upgraded(late[0]["schema"]) == 0
    said, _ = run.communicate(timeout=240)
    assert run.returncode == 0, said
    assert "6 of 6 done" in said
    assert [fleet.times_upgraded(company["schema"]) for company in late] == [1, 1, 1]


def test_blank_that_is_being_claimed_is_left_alone(fleet: Fleet) -> None:
    """The old code holds the row while it opens a company; the upgrade goes round it."""
    fleet.open(1)
    fleet.run("manage.py", "install", "--reserve", "2")
    with psycopg.connect(fleet.environment["TEREM_CONTROL_DB"]) as connection:
        row = connection.execute(
            "SELECT schema_name FROM tenants_blank ORDER BY made_at FOR UPDATE"
        ).fetchone()
        assert row is not None
        assert "1 of 1 done" in fleet.upgrade("start")
        assert fleet.times_upgraded(row[0]) == 0


def test_large_tables_get_their_index_without_hindering_anybody(fleet: Fleet) -> None:
    """An index left invalid by an earlier attempt is replaced; every hop is recorded once."""
    from tests.bench._filling import fill

    large, small = fleet.open(2)
    with fleet.owner() as connection:
        owner = connection.execute(f"SELECT id FROM {large['schema']}.team_member").fetchone()
        assert owner is not None
        fill(connection, large["schema"], owner[0], 20_000, 0)
        connection.execute(f"UPDATE {large['schema']}.clients_company SET description = repeat('x', 600)")
        (size,) = fleet.rows(f"SELECT pg_relation_size('{large['schema']}.clients_company')")[0]
        assert size > 8 * 1024 * 1024
    fleet.upgrade("start", ahead="1")
    with psycopg.connect(fleet.superuser, dbname=fleet.database, autocommit=True) as administrator:
        administrator.execute(
            f"CREATE INDEX clients_company_by_rank ON {large['schema']}.clients_company (rank)"
        )
        administrator.execute(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid ="
            f" '{large['schema']}.clients_company_by_rank'::regclass"
        )
    fleet.upgrade("start", ahead="3")
    for company in (large, small):
        valid = f"SELECT indisvalid FROM pg_index WHERE indexrelid = '{company['schema']}.clients_company_by_rank'::regclass"
        assert fleet.rows(valid) == [(True,)]
        assert fleet.times_upgraded(company["schema"], "9002_index") == 1
        checked = (
            "SELECT convalidated FROM pg_constraint WHERE conname = 'clients_company_rank'"
            f" AND connamespace = '{company['schema']}'::regnamespace"
        )
        assert fleet.rows(checked) == [(True,)]
    assert len(set(fleet.releases().values())) == 1


def test_company_closed_meanwhile_is_no_failure(fleet: Fleet, blocked: Callable[..., Any]) -> None:
    companies = fleet.open(3)
    with blocked(fleet, companies[1]) as connection:
        run = fleet.start("manage.py", "upgrade", "start", *one_wave(companies), ahead="1")
        fleet.wait_until("SELECT count(*) = 2 FROM tenants_upgradestep WHERE state = 'done'", run)
        with fleet.owner() as owner:
            owner.execute(
                "UPDATE tenants_tenant SET status = 'closed' WHERE slug = %s", [companies[1]["slug"]]
            )
        connection.rollback()
    said, _ = run.communicate(timeout=240)
    assert run.returncode == 0, said
    assert "0 failed" in said
