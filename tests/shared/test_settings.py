import re
from datetime import time
from pathlib import Path

import pytest

from shared.config import Settings, load_settings
from shared.errors import InvalidInput

CATALOGUE = Path(__file__).parents[2] / ".env.example"
ENTRY = re.compile(r"^# (?P<meaning>.+)\n(?P<name>[A-Z0-9_]+)=(?P<value>.*)$", re.MULTILINE)


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def catalogue():
    text = CATALOGUE.read_text("utf-8")
    entries = {found["name"]: found["value"] for found in ENTRY.finditer(text)}
    assert len(entries) == len(re.findall(r"^[^#\n]", text, re.MULTILINE)), "a setting lacks its comment"
    return entries


def test_the_catalogue_names_every_setting_and_no_other(catalogue):
    assert catalogue.keys() == {name.upper() for name in Settings.model_fields}


def test_the_catalogue_gives_every_default(catalogue, monkeypatch):
    for name, value in catalogue.items():
        monkeypatch.setenv(name, value)

    documented = load_settings()

    assert documented.model_dump() == {n: f.default for n, f in Settings.model_fields.items()}


def test_the_environment_overrides_a_default(monkeypatch):
    monkeypatch.setenv("READY_PERCENT", "75.5")
    monkeypatch.setenv("DEADLINE_EASTERN", "09:30")
    monkeypatch.setenv("USE_MULTIPLE_LINES", "true")

    settings = load_settings()

    assert settings.ready_percent == 75.5
    assert settings.deadline_eastern == time(9, 30)
    assert settings.use_multiple_lines is True


def test_an_empty_variable_is_an_absent_one(monkeypatch):
    monkeypatch.setenv("READY_PLAYERS", "")

    assert load_settings().ready_players == 100


@pytest.mark.parametrize(
    ("written", "systems"),
    [
        pytest.param("ensemble_v2", ("ensemble_v2",), id="one"),
        pytest.param(" a , ensemble_v2 ,", ("a", "ensemble_v2"), id="spaces and a comma too many"),
    ],
)
def test_a_list_is_written_with_commas(monkeypatch, written, systems):
    monkeypatch.setenv("ACTIVE_SYSTEMS", written)

    assert load_settings().active_systems == systems


def test_a_system_is_active_or_a_shadow_and_not_both(monkeypatch):
    monkeypatch.setenv("SHADOW_SYSTEMS", "line_blend_v1,ensemble_v2")

    with pytest.raises(InvalidInput, match="SHADOW_SYSTEMS must not name one of ACTIVE_SYSTEMS"):
        load_settings()


def test_no_shadow_system_is_a_comma_alone(monkeypatch):
    monkeypatch.setenv("SHADOW_SYSTEMS", ",")

    assert load_settings().shadow_systems == ()
    assert load_settings().systems == load_settings().active_systems


def test_a_model_of_one_s_own_is_a_folder(monkeypatch):
    monkeypatch.setenv("MODEL_DIR", "/models/mine")

    assert load_settings().model_dir == Path("/models/mine")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("LOG_LEVEL", "LOUD", id="a level that does not exist"),
        pytest.param("READY_PERCENT", "100.1", id="more than all"),
        pytest.param("READY_PERCENT", "-0.1", id="less than none"),
        pytest.param("READY_PERCENT", "nan", id="not a number"),
        pytest.param("READY_PLAYERS", "-1", id="a negative count"),
        pytest.param("MIN_MINUTES", "61", id="more than a game has"),
        pytest.param("PHASE4_WAIT_SECONDS", "0", id="no time"),
        pytest.param("PHASE4_WAIT_SECONDS", "inf", id="for ever"),
        pytest.param("DELIVERY_ATTEMPTS", "4", id="fewer attempts than Pub/Sub allows"),
        pytest.param("DELIVERY_ATTEMPTS", "101", id="more attempts than Pub/Sub allows"),
        pytest.param("BUS_ACK_DEADLINE_SECONDS", "601", id="a longer deadline than Pub/Sub allows"),
        pytest.param("DEADLINE_EASTERN", "ten", id="a time in words"),
    ],
)
def test_a_value_out_of_bounds_is_refused_by_its_variable(monkeypatch, name, value):
    monkeypatch.setenv(name, value)

    with pytest.raises(InvalidInput, match=f"{name}: "):
        load_settings()


def test_all_wrong_values_are_named_at_once(monkeypatch):
    monkeypatch.setenv("LOG_LEVEL", "LOUD")
    monkeypatch.setenv("READY_PERCENT", "200")
    monkeypatch.setenv("LEASE_SECONDS", "soon")

    with pytest.raises(InvalidInput, match=r"LOG_LEVEL: .*; READY_PERCENT: .*; LEASE_SECONDS: "):
        load_settings()


def test_all_settings_that_do_not_fit_together_are_named_at_once(monkeypatch):
    monkeypatch.setenv("ACTIVE_SYSTEMS", ",")
    monkeypatch.setenv("BUS_MIN_BACKOFF_SECONDS", "20")
    monkeypatch.setenv("BUS_MAX_BACKOFF_SECONDS", "19")
    monkeypatch.setenv("CALL_TIMEOUT_SECONDS", "120")
    monkeypatch.setenv("READY_SUBSCRIPTION", "prediction-request-sub")

    with pytest.raises(InvalidInput) as refused:
        load_settings()

    assert "ACTIVE_SYSTEMS must name" in str(refused.value)
    assert "HEADLINE_SYSTEM must be one of" in str(refused.value)
    assert "BUS_MIN_BACKOFF_SECONDS must not exceed" in str(refused.value)
    assert "CALL_TIMEOUT_SECONDS must be under" in str(refused.value)
    assert "the five subscriptions must have five names" in str(refused.value)


def test_settings_do_not_change_once_read():
    with pytest.raises(ValueError, match="frozen"):
        load_settings().min_minutes = 1.0
