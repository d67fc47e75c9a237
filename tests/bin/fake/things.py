"""Topics, subscriptions, jobs and whatever else is created, described and updated by flags."""

import json
from binascii import b2a_base64

from store import Json, Refused, get, things

SIMPLE = {
    "--ack-deadline": ("ackDeadlineSeconds", int),
    "--min-retry-delay": ("retryPolicy.minimumBackoff", str),
    "--max-retry-delay": ("retryPolicy.maximumBackoff", str),
    "--message-retention-duration": ("messageRetentionDuration", str),
    "--dead-letter-topic": ("deadLetterPolicy.deadLetterTopic", str),
    "--max-delivery-attempts": ("deadLetterPolicy.maxDeliveryAttempts", int),
    "--topic": ("topic", str),
    "--expiration-period": ("expirationPolicy", lambda _: {}),
    "--schedule": ("schedule", str),
    "--time-zone": ("timeZone", str),
    "--uri": ("httpTarget.uri", str),
    "--http-method": ("httpTarget.httpMethod", str.upper),
    "--message-body": ("httpTarget.body", lambda text: b2a_base64(text.encode(), newline=False).decode()),
    "--oidc-service-account-email": ("httpTarget.oidcToken.serviceAccountEmail", str),
    "--oidc-token-audience": ("httpTarget.oidcToken.audience", str),
    "--attempt-deadline": ("attemptDeadline", str),
    "--max-retry-attempts": ("retryConfig.retryCount", int),
    "--min-backoff": ("retryConfig.minBackoffDuration", str),
    "--max-backoff": ("retryConfig.maxBackoffDuration", str),
    "--repository-format": ("format", str.upper),
}


def _set(thing: Json, path: str, value: object) -> None:
    *parents, last = path.split(".")
    for parent in parents:
        thing = thing.setdefault(parent, {})
    thing[last] = value


def _apply(thing: Json, flags: dict[str, str]) -> None:
    for name in [n for n in flags if n in SIMPLE]:
        path, kind = SIMPLE[name]
        _set(thing, path, kind(flags.pop(name)))
    if thing.get("retryConfig", {}).get("retryCount") == 0:
        del thing["retryConfig"]["retryCount"]  # as the platform shows nothing for none
    for name in ("--headers", "--update-headers"):
        for pair in filter(None, flags.pop(name, "").split(",")):
            key, _, value = pair.partition("=")
            thing["httpTarget"].setdefault("headers", {"User-Agent": "Google-Cloud-Scheduler"})[key] = value
    if "--clear-dead-letter-policy" in flags:
        flags.pop("--clear-dead-letter-policy")
        thing.pop("deadLetterPolicy", None)
    _apply_push(thing, flags)


def _apply_push(thing: Json, flags: dict[str, str]) -> None:
    """The whole push configuration is replaced: what is not given is erased."""
    if "--push-endpoint" not in flags:
        return
    endpoint = flags.pop("--push-endpoint")
    config: Json = {"pushEndpoint": endpoint} if endpoint else {}
    if "--push-auth-service-account" in flags:
        config["oidcToken"] = {
            "serviceAccountEmail": flags.pop("--push-auth-service-account"),
            "audience": flags.pop("--push-auth-token-audience"),
        }
    thing["pushConfig"] = config


def create(kind: str, full_name: str, **always: object):
    def handler(state: Json, flags: dict[str, str], name: str) -> Json:
        if name in things(state, kind):
            raise Refused(f"ALREADY_EXISTS: Resource already exists in the project (resource={name}).")
        thing = {"name": full_name.format(name), **json.loads(json.dumps(always))}
        if kind == "jobs" and "--update-headers" in flags:
            raise Refused("unrecognized arguments: --update-headers")
        _apply(thing, flags)
        things(state, kind)[name] = thing
        return thing

    return handler


def update(kind: str):
    def handler(state: Json, flags: dict[str, str], name: str) -> Json:
        if "--headers" in flags or "--topic" in flags:
            raise Refused("unrecognized arguments: --headers or --topic")
        thing = get(state, kind, name)
        _apply(thing, flags)
        return thing

    return handler


def describe(kind: str):
    return lambda state, flags, name: get(state, kind, name)


def list_all(kind: str):
    def handler(state: Json, flags: dict[str, str]) -> list[Json]:
        field, _, value = flags.pop("--filter", "=").partition("=")
        return [t for t in things(state, kind).values() if not field or t.get(field) == value]

    return handler


def set_job_state(name_of_state: str):
    def handler(state: Json, flags: dict[str, str], name: str) -> Json:
        get(state, "jobs", name)["state"] = name_of_state
        return {}

    return handler


def push_config(state: Json, flags: dict[str, str], name: str) -> Json:
    _apply_push(get(state, "subscriptions", name), flags)
    return {}
