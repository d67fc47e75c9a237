"""The console's actions by the names in their addresses: what each says before, and what carries it out."""

from collections.abc import Mapping

from predictions.coordinator.asking import Route
from predictions.coordinator.console import case_actions, slate_actions
from predictions.coordinator.console.orders import Action

ALL = (
    Action(
        name="start",
        label="Start",
        title="Start the batch",
        confirm=slate_actions.plan(Route.START),
        carry_out=slate_actions.question(Route.START),
        takes_force="Ask for every ready player again, also for those who have a forecast",
    ),
    Action(
        name="retry",
        label="Retry",
        title="Ask for whoever is still wanted",
        confirm=slate_actions.plan(Route.RETRY),
        carry_out=slate_actions.question(Route.RETRY),
    ),
    Action(
        name="refresh",
        label="Refresh",
        title="Look for moved lines and news",
        confirm=slate_actions.confirm_refresh,
        carry_out=slate_actions.refresh,
    ),
    Action(
        name="pause",
        label="Pause",
        title="Pause the slate",
        confirm=slate_actions.saying(
            "Nothing will be started, asked for again or closed until the slate is resumed.",
            "What is in flight is still answered. The deadline counts as always.",
        ),
        carry_out=slate_actions.pause,
        takes_reason=True,
    ),
    Action(
        name="cancel",
        label="Call off",
        title="Call the slate off",
        confirm=slate_actions.saying(
            "Nobody will be wanted, and the deadline will alarm nobody, until the slate is resumed.",
            "Forecasts that are there stay.",
        ),
        carry_out=slate_actions.cancel,
        takes_reason=True,
    ),
    Action(
        name="resume",
        label="Resume",
        title="Resume the slate",
        confirm=slate_actions.saying(
            "The slate will be released, and whoever is wanted then is asked for at once."
        ),
        carry_out=slate_actions.resume,
    ),
    Action(
        name="predict",
        label="Ask for him again",
        title="One player again",
        confirm=case_actions.confirm_player,
        carry_out=case_actions.predict,
        about="player",
    ),
    Action(
        name="replay",
        label="Send it again",
        title="Send a dead letter again",
        confirm=case_actions.confirm_replay,
        carry_out=case_actions.replay,
        about="message_id",
        acts_on_slate=False,
    ),
    Action(
        name="discard",
        label="Put it away",
        title="Put a dead letter away",
        confirm=case_actions.confirm_discard,
        carry_out=case_actions.discard,
        about="message_id",
        acts_on_slate=False,
    ),
)
ACTIONS: Mapping[str, Action] = {action.name: action for action in ALL}
