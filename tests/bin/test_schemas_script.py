"""The store is made to fit the code by adding, or nothing is changed at all."""

from scripts_cloud import Cloud, State

SCRIPT = "bigquery/apply_schemas.sh"
ALERTS = "nba_reference.alerts"


def drop_column(state: State, table: str, column: str) -> None:
    schema = state["tables"][table]["schema"]
    schema["fields"] = [field for field in schema["fields"] if field["name"] != column]


def test_an_empty_project_gets_datasets_then_tables_then_views(cloud: Cloud) -> None:
    result = cloud.run(SCRIPT)

    assert result.returncode == 0, result.stderr
    assert list(cloud.state["datasets"]) == ["nba_analytics", "nba_predictions", "nba_reference"]
    kinds = [table["type"] for table in cloud.state["tables"].values()]
    assert kinds == ["TABLE"] * 11 + ["VIEW"] * 4
    assert all("--location=us-west2" in call for call in cloud.changes)


def test_a_second_run_changes_nothing(deployed: Cloud) -> None:
    result = deployed.run(SCRIPT)

    assert result.returncode == 0, result.stderr
    assert deployed.changes == []


def test_a_column_that_is_missing_is_added(deployed: Cloud) -> None:
    deployed.change(lambda state: drop_column(state, "nba_predictions.prediction_outcomes", "detail"))

    result = deployed.run(SCRIPT)

    assert result.returncode == 0, result.stderr
    assert [call[-1] for call in deployed.changes] == [
        "ALTER TABLE nba_predictions.prediction_outcomes ADD COLUMN IF NOT EXISTS detail STRING"
    ]


def test_a_view_of_another_text_is_replaced(deployed: Cloud) -> None:
    view = "nba_predictions.prediction_outcomes_current"
    deployed.change(lambda state: state["tables"][view]["view"].update(query="SELECT 1"))

    result = deployed.run(SCRIPT)

    assert result.returncode == 0, result.stderr
    assert [call[-1].splitlines()[0] for call in deployed.changes] == [f"CREATE OR REPLACE VIEW {view} AS"]


def test_a_refusal_stops_before_anything_is_changed(deployed: Cloud) -> None:
    deployed.change(lambda state: drop_column(state, ALERTS, "kind"))
    deployed.change(lambda state: drop_column(state, "nba_predictions.prediction_outcomes", "detail"))
    deployed.change(lambda state: state["datasets"].pop("nba_analytics"))

    result = deployed.run(SCRIPT)

    assert result.returncode == 1
    assert f"refused: {ALERTS}.kind is NOT NULL, and such a column cannot be added" in result.stderr
    assert "nothing was changed" in result.stderr
    assert deployed.changes == []


def test_a_check_that_fits_is_quiet(deployed: Cloud) -> None:
    result = deployed.run(SCRIPT, "--check")

    assert result.returncode == 0, result.stderr
    assert deployed.changes == []


def test_a_check_names_what_is_missing_and_changes_nothing(deployed: Cloud) -> None:
    deployed.change(lambda state: drop_column(state, "nba_predictions.prediction_outcomes", "detail"))
    deployed.change(lambda state: state["tables"].pop("nba_reference.slates"))
    deployed.change(lambda state: state["datasets"].pop("nba_analytics"))

    result = deployed.run(SCRIPT, "--check")

    assert result.returncode == 1
    assert "missing: dataset nba_analytics" in result.stderr
    assert "missing: CREATE TABLE IF NOT EXISTS nba_reference.slates (" in result.stderr
    assert "missing: ALTER TABLE nba_predictions.prediction_outcomes ADD COLUMN" in result.stderr
    assert deployed.changes == []


def test_a_check_refuses_a_store_that_cannot_be_mended(deployed: Cloud) -> None:
    deployed.change(lambda state: drop_column(state, ALERTS, "kind"))

    result = deployed.run(SCRIPT, "--check")

    assert result.returncode == 1
    assert "refused:" in result.stderr


def test_a_python_without_what_is_needed_is_not_taken_for_a_refusal(deployed: Cloud) -> None:
    broken = deployed.folder / "broken-python"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)

    result = deployed.run(SCRIPT, PYTHON=str(broken))

    assert result.returncode == 1
    assert f"{broken} could not compare the store with the code" in result.stderr
    assert deployed.changes == []


def test_a_table_that_may_not_be_seen_is_not_taken_for_a_missing_one(deployed: Cloud) -> None:
    deployed.change(lambda state: state.update(refuse=f"show nba-props-platform:{ALERTS}"))

    result = deployed.run(SCRIPT)

    assert result.returncode == 1
    assert "did not work: BigQuery error in show operation: PERMISSION_DENIED" in result.stderr
    assert deployed.changes == []
