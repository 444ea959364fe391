"""Code and schema of neighbouring releases work together, in both directions; data steps follow."""

from __future__ import annotations

from tests.upgrades.conftest import Fleet


def test_five_releases_against_each_others_schemas(fleet: Fleet) -> None:
    """Expand, use, let go, contract: code N runs on the schemas N - 1, N and N + 1, and on no others."""
    fleet.run("manage.py", "install", "--reserve", "0", shop="1")
    (company,) = fleet.open(1, shop="1")
    slug, schema = company["slug"], company["schema"]
    fleet.run("-m", "tests.upgrades.shop.smoke", slug, "keep", shop="1")
    for release in range(1, 6):
        if release > 1:
            fleet.upgrade("start", shop=str(release))
        for code in {max(1, release - 1), min(5, release + 1)}:
            fleet.run("-m", "tests.upgrades.shop.smoke", slug, shop=str(code))
        if release == 2:
            # The data step of the next release has rows that need several batches.
            with fleet.owner() as connection:
                connection.execute(
                    f"INSERT INTO {schema}.shop_item (name, price_text)"
                    " SELECT 'n' || n, n::text FROM generate_series(1, 25) n"
                )
        if release == 3:
            assert fleet.rows(f"SELECT count(*) FROM {schema}.shop_item WHERE price IS NULL") == [(0,)]
            # The row of release 1 and twenty-five more; the last batch finds nothing.
            assert fleet.rows("SELECT name, rows, done_at IS NOT NULL FROM tenants_dataprogress") == [
                ("shop.prices", 26, True)
            ]
    # Two releases apart the code fails, which shows that the smoke can.
    assert "price_text" in fleet.run("-m", "tests.upgrades.shop.smoke", slug, code=1, shop="3")
    assert fleet.times_upgraded(schema, "0005_contract") == 1


def test_data_step_goes_on_where_it_was_cut_off(fleet: Fleet) -> None:
    """Three releases at once; a row stops the step, and after it is mended only the rest is visited."""
    fleet.run("manage.py", "install", "--reserve", "0", shop="2")
    (company,) = fleet.open(1, shop="2")
    schema = company["schema"]
    with fleet.owner() as connection:
        connection.execute(
            f"INSERT INTO {schema}.shop_item (name, price_text)"
            " SELECT 'n' || n, CASE n WHEN 15 THEN 'dear' ELSE n::text END FROM generate_series(1, 25) n"
        )
    said = fleet.upgrade("start", shop="3")
    assert "done. 1 of 1 done" in said
    assert f"data step shop.prices of {company['slug']} is not finished. ValueError" in said
    assert fleet.rows("SELECT rows, done_at, error LIKE '%invalid literal%' FROM tenants_dataprogress") == [
        (10, None, True)
    ]
    with fleet.owner() as connection:
        connection.execute(f"UPDATE {schema}.shop_item SET price_text = '15' WHERE price_text = 'dear'")
    assert "data step shop.prices" in fleet.upgrade("status", shop="3")
    fleet.upgrade("resume", shop="3")
    assert fleet.rows("SELECT rows, done_at IS NOT NULL FROM tenants_dataprogress") == [(25, True)]
    assert fleet.rows(f"SELECT count(*) FROM {schema}.shop_item WHERE price IS NULL") == [(0,)]


def test_code_that_needs_more_than_a_schema_has_shows_the_page_of_a_workspace_being_prepared(
    fleet: Fleet,
) -> None:
    """Release 2 reads nothing new and serves release 1; release 3 reads a column that is not there yet."""
    fleet.run("manage.py", "install", "--reserve", "0", shop="1")
    (company,) = fleet.open(1, shop="1")
    assert "status: 302" in fleet.run("-m", "tests.upgrades.serving", company["slug"], shop="2")
    assert "status: 503" in fleet.run("-m", "tests.upgrades.serving", company["slug"], shop="3")
    fleet.upgrade("start", shop="3")
    for release in ("1", "3", "4"):
        assert "status: 302" in fleet.run("-m", "tests.upgrades.serving", company["slug"], shop=release)
