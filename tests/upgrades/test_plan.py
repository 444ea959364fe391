"""What the plan says before anything is touched, and that the way ends where a fresh schema begins."""

from __future__ import annotations

from tenants.upgrades.plans import fused
from tests.upgrades.conftest import Fleet


def test_plan_tells_statements_locks_and_time(fleet: Fleet) -> None:
    fleet.open(2)
    said = fleet.upgrade("plan", ahead="3")
    assert "2 of 2 companies" in said
    assert 'ALTER TABLE "clients_company" ADD COLUMN "colour" varchar(20) NULL' in said
    assert "AccessExclusiveLock on clients_company" in said
    assert 'CREATE INDEX CONCURRENTLY "clients_company_by_rank"' in said
    assert "ShareUpdateExclusiveLock on clients_company" in said
    assert "apart where a table is large" in said
    assert 'GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "clients_badge"' in said
    assert "UNSAFE" not in said
    assert set(fleet.releases().values()) == {
        fleet.rows("SELECT release FROM tenants_blueprint ORDER BY made_at")[0][0]
    }


def test_plan_names_what_is_unsafe_and_the_safe_way(fleet: Fleet) -> None:
    fleet.open(1)
    said = fleet.upgrade("plan", ahead="bad")
    assert "UNSAFE: adds a constraint to the existing team_member at once. Write NOT VALID" in said


def test_skipping_releases_ends_at_the_schema_of_plain_migrations(fleet: Fleet) -> None:
    """Three releases in one go; blueprint, upgraded company and plain migrations do not differ in a line."""
    (old,) = fleet.open(1)
    fleet.upgrade("start", ahead="3")
    name = "t_" + "p" * 20
    said = fleet.run("-m", "tests.upgrades.dumping", name, "migrated", ahead="3")
    plain = [
        line.replace(name, "t_x") for line in said.splitlines() if line and not line.startswith(("--", "\\"))
    ]
    (new,) = fleet.open(1, "new", ahead="3")
    assert fleet.normal_dump(old["schema"]) == plain
    assert fleet.normal_dump(new["schema"]) == plain
    assert fleet.times_upgraded(old["schema"], "9003_validate") == 1
    fleet.run("-m", "tests.upgrades.dropping", name)


def test_older_code_never_takes_a_schema_back(fleet: Fleet) -> None:
    fleet.open(1)
    fleet.upgrade("start", ahead="2")
    before = fleet.releases()
    said = fleet.upgrade("start", code=1, ahead="1")
    assert "newer than the code" in said
    assert fleet.releases() == before


def test_estimate_rests_on_earlier_canaries(fleet: Fleet) -> None:
    fleet.open(4)
    assert "by the rehearsal" in fleet.upgrade("plan", ahead="1")
    fleet.upgrade("start", ahead="1")
    assert "by the canaries of earlier upgrades" in fleet.upgrade("plan", ahead="2")


def test_nothing_to_do_is_one_query(fleet: Fleet) -> None:
    fleet.open(2)
    fleet.upgrade("start")
    said = fleet.run("-m", "tests.upgrades.counting", ahead="1")
    assert "All 2 companies are at release" in said
    assert "queries: 1" in said


def test_neighbouring_additions_to_one_table_are_one_statement() -> None:
    texts = [
        'ALTER TABLE "one" ADD COLUMN "a" integer NULL',
        'ALTER TABLE "one" ADD CONSTRAINT "c" CHECK ("a" > 0) NOT VALID',
        'ALTER TABLE "two" ADD COLUMN "a" integer NULL',
        'ALTER TABLE "two" ALTER COLUMN "a" DROP DEFAULT',
        'ALTER TABLE "two" ADD COLUMN "b" integer NULL',
    ]
    both = 'ALTER TABLE "one" ADD COLUMN "a" integer NULL, ADD CONSTRAINT "c" CHECK ("a" > 0) NOT VALID'
    assert fused(texts) == [both, *texts[2:]]
