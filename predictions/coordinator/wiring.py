"""The coordinator's composition root: which parts stand behind which ports."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from predictions.coordinator.acting import BatchRunner
from predictions.coordinator.alerting import Alarm
from predictions.coordinator.checkups import Checkups
from predictions.coordinator.claiming import Claims
from predictions.coordinator.collapse import CollapsePolicy
from predictions.coordinator.console.reading import ConsoleReader
from predictions.coordinator.dead_letter_office import DeadLetterOffice
from predictions.coordinator.dead_letters import DeadLetterDesk
from predictions.coordinator.doctor import Doctor
from predictions.coordinator.gaps import GapPolicy
from predictions.coordinator.grading_desk import GradingDesk
from predictions.coordinator.holding import HoldDesk
from predictions.coordinator.patience import PatientQuestion
from predictions.coordinator.phase3_rows import Phase3Reader
from predictions.coordinator.player_desk import PlayerDesk
from predictions.coordinator.player_loader import PlayerLoader, line_offsets
from predictions.coordinator.progress_tracker import ProgressTracker
from predictions.coordinator.question import Policies, Question
from predictions.coordinator.readiness import ReadinessPolicy
from predictions.coordinator.refreshing import RefreshDesk
from predictions.coordinator.resolving import ResolvingPolicy
from predictions.coordinator.slate_store import SlateStore
from predictions.coordinator.status import StatusReport
from predictions.coordinator.terms import EPOCH, SlateTerms
from predictions.coordinator.waiting import WaitingPolicy
from predictions.grading.drift import DriftPolicy
from predictions.grading.grader import Grader
from shared.alerts import AlertDesk
from shared.clock import Clock
from shared.config import Settings
from shared.ids import fresh_id
from shared.ports import Alerter, Publisher, TopologyCheck, Warehouse
from shared.topology import source_topics


@dataclass(frozen=True)
class Coordinator:
    """The use cases that the routes call."""

    question: Question
    patient_question: PatientQuestion
    tracker: ProgressTracker
    status: StatusReport
    dead_letters: DeadLetterDesk
    dead_letter_office: DeadLetterOffice
    grading: GradingDesk
    phase3: Phase3Reader
    holds: HoldDesk
    players: PlayerDesk
    refreshes: RefreshDesk
    doctor: Doctor
    console: ConsoleReader
    policies: Policies
    clock: Clock


def build_coordinator(
    settings: Settings,
    warehouse: Warehouse,
    publisher: Publisher,
    alerter: Alerter,
    clock: Clock,
    is_stopping: Callable[[], bool] = lambda: False,
    alive_since: datetime = EPOCH,
    topology: TopologyCheck | None = None,
    is_embedded: bool = False,
) -> Coordinator:
    """Put the coordinator together; the doctor looks at `topology`, and asks no log for channels."""
    policies = _policies(settings)
    store = SlateStore(warehouse, _terms(settings, alive_since))
    desk = AlertDesk(warehouse, alerter, clock, settings.alerts_per_hour)
    resolving = ResolvingPolicy(policies.readiness, policies.gap, policies.deadline_eastern)
    alarm = Alarm(desk, clock, resolving, lambda day: store.stored_letters(day, day).get(day, 0))
    tracker = ProgressTracker(store, alarm, policies.gap, _collapse(settings), clock)
    loader = PlayerLoader(store, settings.shard_players, settings.active_systems, settings.shadow_systems)
    runner = BatchRunner(
        store,
        Claims(store, owner=fresh_id()),
        loader,
        publisher,
        clock,
        request_topic=settings.request_topic,
        call_timeout_seconds=settings.call_timeout_seconds,
    )
    question = Question(store, runner, tracker, alarm, policies, clock)
    return Coordinator(
        question=question,
        patient_question=PatientQuestion(question, alarm, policies.waiting, clock, is_stopping),
        tracker=tracker,
        status=StatusReport(store, question, alarm, policies, clock),
        dead_letters=DeadLetterDesk(store, question, tracker, alarm, clock),
        dead_letter_office=DeadLetterOffice(store, publisher, source_topics(settings), alarm, clock),
        grading=GradingDesk(Grader(warehouse, DriftPolicy()), store, alarm),
        phase3=Phase3Reader(warehouse),
        holds=HoldDesk(store, question, alarm),
        players=PlayerDesk(store, runner, tracker, clock),
        refreshes=RefreshDesk(store, question, publisher, clock, settings.refresh_topic),
        doctor=Doctor(Checkups(warehouse, store, topology, settings, clock, is_embedded).looks()),
        policies=policies,
        console=ConsoleReader(warehouse, store),
        clock=clock,
    )


def _policies(settings: Settings) -> Policies:
    return Policies(
        readiness=ReadinessPolicy(
            settings.ready_percent,
            settings.ready_players,
            settings.floor_players,
            settings.floor_percent,
        ),
        gap=GapPolicy(settings.gap_alert_percent, settings.gap_alert_players, settings.gap_alert_min_players),
        waiting=WaitingPolicy(settings.phase4_wait_seconds, settings.phase4_poll_seconds),
        deadline_eastern=settings.deadline_eastern,
    )


def _collapse(settings: Settings) -> CollapsePolicy:
    return CollapsePolicy(
        min_forecasts=settings.collapse_min_forecasts,
        min_lines=settings.collapse_min_lines,
        side_percent=settings.collapse_side_percent,
        min_spread=settings.collapse_min_spread_points,
    )


def _terms(settings: Settings, alive_since: datetime) -> SlateTerms:
    return SlateTerms(
        default_min_minutes=settings.min_minutes,
        in_flight_seconds=settings.in_flight_seconds,
        requests_per_input=settings.requests_per_input,
        line_move_points=settings.line_move_points,
        lease_seconds=settings.lease_seconds,
        line_offsets=line_offsets(settings.use_multiple_lines),
        systems=settings.active_systems,
        headline_system=settings.headline_system,
        alive_since=alive_since,
    )
