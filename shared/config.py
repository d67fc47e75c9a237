"""Settings: from the environment, checked when the process starts, every fault named at once."""

from datetime import time
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from shared.errors import InvalidInput

Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Percent = Annotated[float, Field(ge=0, le=100)]
Players = Annotated[int, Field(ge=0)]
Attempts = Annotated[int, Field(ge=5, le=100)]
Names = Annotated[tuple[str, ...], NoDecode]
_LISTS = (
    "active_systems",
    "shadow_systems",
    "token_issuers",
    "token_audiences",
    "push_identities",
    "scheduler_identities",
    "phase3_identities",
    "operator_identities",
)


class Settings(BaseSettings):
    """Everything that can be configured; `.env.example` is the catalogue with a line on each."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, env_file=".env", env_file_encoding="utf-8"
    )

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = "INFO"
    build: str = "local"
    data_dir: Path = Path(".nba-props")
    otel_exporter_otlp_endpoint: Annotated[str, Field(pattern=r"^(https?://\S+)?$")] = ""

    project_id: str = "nba-props-platform"
    bigquery_location: str = "us-west2"

    token_signatures: Literal["verify", "cloud_run"] = "verify"
    token_issuers: Names = ("https://accounts.google.com", "accounts.google.com")
    token_certs_url: str = "https://www.googleapis.com/oauth2/v3/certs"
    token_audiences: Names = ()
    push_identities: Names = ("phase5-push@nba-props-platform.iam.gserviceaccount.com",)
    scheduler_identities: Names = ("phase5-scheduler@nba-props-platform.iam.gserviceaccount.com",)
    phase3_identities: Names = ("phase3-processors@nba-props-platform.iam.gserviceaccount.com",)
    operator_identities: Names = ()
    iap_audience: str = ""
    iap_certs_url: str = "https://www.gstatic.com/iap/verify/public_key-jwk"

    alert_urls: SecretStr = SecretStr("")
    alert_urls_critical: SecretStr = SecretStr("")
    alert_urls_warning: SecretStr = SecretStr("")
    alerts_per_hour: Annotated[int, Field(ge=0)] = 6
    console_url: str = ""
    runbook_url: str = "docs/runbook.md"

    phase4_topic: str = "nba-phase4-precompute-complete"
    request_topic: str = "prediction-request-prod"
    ready_topic: str = "prediction-ready-prod"
    refresh_topic: str = "nba-phase4-refresh"
    dead_letter_topic: str = "nba-dlq"
    trigger_subscription: str = "nba-phase5-trigger-sub"
    request_subscription: str = "prediction-request-sub"
    ready_subscription: str = "prediction-ready-sub"
    refresh_subscription: str = "nba-phase4-refresh-sub"
    dead_letter_subscription: str = "nba-dlq-sub"

    min_minutes: Annotated[float, Field(ge=0, le=60)] = 15.0
    ready_percent: Percent = 80.0
    ready_players: Players = 100
    floor_players: Players = 50
    floor_percent: Percent = 50.0
    gap_alert_percent: Percent = 5.0
    gap_alert_players: Players = 20
    gap_alert_min_players: Players = 2
    collapse_min_forecasts: Annotated[int, Field(ge=2)] = 15
    collapse_min_lines: Annotated[int, Field(ge=2)] = 30
    collapse_side_percent: Annotated[float, Field(gt=50, le=100)] = 98.0
    collapse_min_spread_points: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    deadline_eastern: time = time(10, 0)

    phase4_wait_seconds: Annotated[float, Field(gt=0, lt=1800)] = 1680.0
    phase4_poll_seconds: Seconds = 60.0
    lease_seconds: Annotated[int, Field(ge=1, le=3600)] = 120
    in_flight_seconds: Annotated[int, Field(ge=1, le=86400)] = 480
    requests_per_input: Annotated[int, Field(ge=1, le=20)] = 3
    line_move_points: Annotated[float, Field(ge=0, le=20, allow_inf_nan=False)] = 0.25
    retry_after_seconds: Annotated[int, Field(ge=1, le=600)] = 10
    call_timeout_seconds: Seconds = 30.0
    load_timeout_seconds: Seconds = 300.0

    shard_players: Annotated[int, Field(ge=1, le=1000)] = 250
    active_systems: Names = (
        "moving_average_v1",
        "minutes_rate_v1",
        "trees_median_v1",
        "trees_mean_v1",
        "similarity_v1",
        "ensemble_v2",
    )
    shadow_systems: Names = ("line_blend_v1",)
    headline_system: str = "ensemble_v2"
    model_dir: Path | None = None
    model_hash: str = ""
    use_multiple_lines: bool = False
    edge_percent: Percent = 3.0
    min_quality_score: Annotated[float, Field(ge=0, le=100)] = 50.0

    bus_threads: Annotated[int, Field(ge=1, le=64)] = 4
    bus_ack_deadline_seconds: Annotated[float, Field(gt=0, le=600)] = 600.0
    bus_min_backoff_seconds: Annotated[float, Field(ge=0, le=600)] = 10.0
    bus_max_backoff_seconds: Annotated[float, Field(ge=0, le=600)] = 600.0
    trigger_delivery_attempts: Attempts = 20
    delivery_attempts: Attempts = 5

    @property
    def systems(self) -> tuple[str, ...]:
        """Every system that is forecast: the active ones, then those in their shadow."""
        return (*self.active_systems, *self.shadow_systems)

    @model_validator(mode="before")
    @classmethod
    def _split_lists(cls, values: dict[str, object]) -> dict[str, object]:
        return values | {name: _split(values[name]) for name in _LISTS if isinstance(values.get(name), str)}

    @model_validator(mode="after")
    def _fit_together(self) -> "Settings":
        faults = [fault for is_wrong, fault in self._disagreements() if is_wrong]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _disagreements(self) -> tuple[tuple[bool, str], ...]:
        is_headline_missing = self.headline_system not in self.active_systems
        is_shadow_active = not {*self.shadow_systems}.isdisjoint(self.active_systems)
        is_backoff_shrinking = self.bus_min_backoff_seconds > self.bus_max_backoff_seconds
        is_lease_short = self.call_timeout_seconds >= self.lease_seconds
        subscriptions = (
            self.trigger_subscription,
            self.request_subscription,
            self.ready_subscription,
            self.refresh_subscription,
            self.dead_letter_subscription,
        )
        is_name_shared = len(set(subscriptions)) < len(subscriptions)
        return (
            (not self.active_systems, "ACTIVE_SYSTEMS must name at least one system"),
            (is_headline_missing, "HEADLINE_SYSTEM must be one of ACTIVE_SYSTEMS"),
            (is_shadow_active, "SHADOW_SYSTEMS must not name one of ACTIVE_SYSTEMS"),
            (is_backoff_shrinking, "BUS_MIN_BACKOFF_SECONDS must not exceed BUS_MAX_BACKOFF_SECONDS"),
            (is_lease_short, "CALL_TIMEOUT_SECONDS must be under LEASE_SECONDS"),
            (is_name_shared, "the five subscriptions must have five names"),
        )


def _split(text: object) -> tuple[str, ...]:
    return tuple(name.strip() for name in str(text).split(",") if name.strip())


def load_settings(**overrides: object) -> Settings:
    """Read the environment; raise InvalidInput naming every setting that is wrong."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        faults = [
            f"{'_'.join(str(part) for part in fault['loc']).upper() or 'settings'}: {fault['msg']}"
            for fault in error.errors(include_url=False)
        ]
        raise InvalidInput("the configuration is wrong: " + "; ".join(faults)) from error
