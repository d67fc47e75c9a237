"""Dead letters over HTTP, for people: seen, published again, put away."""

from flask import Blueprint, Response, request

from predictions.coordinator.bodies import Discarded, ListedLetters, Replayed, WholeLetter
from predictions.coordinator.dead_letter_office import Reasons
from predictions.coordinator.requests import LettersRequest, SlateQuery, read_slate_query
from predictions.coordinator.wiring import Coordinator
from shared.described import Refusal, described
from shared.http import answer, read_body
from shared.slate import slate_date


def create_routes(coordinator: Coordinator, retry_after_seconds: int) -> Blueprint:
    """Make the routes. Without a date they are about today's slate."""
    routes = Blueprint("dead_letters", __name__, url_prefix="/dead-letters")
    clock = coordinator.clock

    @routes.get("")
    @described({200: (ListedLetters,)}, query=SlateQuery)
    def listed() -> Response:
        """The slate's letters, each once, in its newest state."""
        game_date = read_slate_query(request.args, slate_date(clock.now()))
        return answer(
            {"game_date": game_date, "dead_letters": coordinator.dead_letter_office.listed(game_date)}
        )

    @routes.get("/<message_id>")
    @described({200: (WholeLetter,), 404: (Refusal,)}, query=SlateQuery)
    def shown(message_id: str) -> Response:
        """One letter, whole; 404 if there is none."""
        game_date = read_slate_query(request.args, slate_date(clock.now()))
        return answer(coordinator.dead_letter_office.shown(game_date, message_id))

    @routes.post("/replay")
    @described(
        {200: (Replayed,), 404: (Refusal,), 409: (Replayed,), 503: (Replayed,)},
        takes=LettersRequest,
        takes_required=True,
    )
    def replay() -> Response:
        """Letters to be published again: 409 if one was refused, 503 if one was not taken."""
        asked = read_body(LettersRequest)
        game_date = asked.game_date or slate_date(clock.now())
        dealt = coordinator.dead_letter_office.replay(game_date, asked.message_ids, asked.force)
        refused, failed = _reasoned(dealt.refused), _reasoned(dealt.failed)
        body = {"game_date": game_date, "replayed": dealt.done, "refused": refused, "failed": failed}
        if failed:
            return answer(body, 503, Retry_After=str(retry_after_seconds))
        return answer(body, 409 if refused else 200)

    @routes.post("/discard")
    @described(
        {200: (Discarded,), 404: (Refusal,), 409: (Discarded,)}, takes=LettersRequest, takes_required=True
    )
    def discard() -> Response:
        """Letters with which nothing is to be done: 409 if one was refused."""
        asked = read_body(LettersRequest)
        game_date = asked.game_date or slate_date(clock.now())
        dealt = coordinator.dead_letter_office.discard(game_date, asked.message_ids, asked.force)
        refused = _reasoned(dealt.refused)
        body = {"game_date": game_date, "discarded": dealt.done, "refused": refused}
        return answer(body, 409 if refused else 200)

    return routes


def _reasoned(reasons: Reasons) -> list[dict[str, str]]:
    return [{"message_id": message_id, "reason": reason} for message_id, reason in reasons.items()]
