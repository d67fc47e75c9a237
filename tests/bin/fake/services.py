"""Cloud Run and the building of images."""

import json
import os

from store import Json, Refused, get, things


def deploy(state: Json, flags: dict[str, str], name: str) -> Json:
    if flags["--image"] not in things(state, "images"):
        raise Refused(f"Image '{flags['--image']}' not found.")
    revisions = things(state, "revisions").setdefault(name, [])
    revision = f"{name}-{len(revisions) + 1:05d}"
    revisions.insert(0, _revision(revision))
    delimiter, _, pairs = flags.pop("--set-env-vars").removeprefix("^").partition("^")
    env = [dict(zip(("name", "value"), pair.split("=", 1), strict=True)) for pair in pairs.split(delimiter)]
    if secret := flags.pop("--set-secrets", ""):
        variable, _, source = secret.partition("=")
        reference = {"name": source.split(":")[0], "key": source.split(":")[1]}
        env.append({"name": variable, "valueFrom": {"secretKeyRef": reference}})
    audiences = json.dumps(flags.pop("--set-custom-audiences").split(","))
    kept = things(state, "services").get(name, {}).get("status", {}).get("traffic")
    latest = {"latestRevision": True, "percent": 100, "revisionName": revision}
    is_pinned = kept is not None and not kept[0].get("latestRevision")
    things(state, "services")[name] = {
        "metadata": {"name": name, "annotations": {"run.googleapis.com/custom-audiences": audiences}},
        "spec": {"template": _template(flags, env)},
        "status": {
            "url": f"https://{name}-h4sh-wl.a.run.app",
            "conditions": [{"type": "Ready", "status": "True"}],
            "traffic": kept if is_pinned else [latest],
        },
    }
    return things(state, "services")[name]


def deploy_behind_proxy(state: Json, flags: dict[str, str], name: str) -> Json:
    flags.pop("--iap")
    service = deploy(state, flags, name)
    service["metadata"]["annotations"]["run.googleapis.com/iap-enabled"] = "true"
    return service


def _template(flags: dict[str, str], env: list[Json]) -> Json:
    scale = {"autoscaling.knative.dev/maxScale": flags.pop("--max-instances")}
    template = {
        "metadata": {"annotations": scale},
        "spec": {
            "serviceAccountName": flags.pop("--service-account"),
            "containerConcurrency": int(flags.pop("--concurrency")),
            "timeoutSeconds": int(flags.pop("--timeout")),
            "containers": [{"image": flags.pop("--image"), "env": env}],
        },
    }
    declared = ["--min-instances", "--cpu", "--memory", "--port", "--ingress", "--no-allow-unauthenticated"]
    declared += ["--cpu-throttling", "--cpu-boost", "--execution-environment", "--startup-probe"]
    for name in [*declared, "--liveness-probe"]:
        flags.pop(name)
    flags.pop("--clear-secrets", None)
    return template


def _revision(name: str, ready: str = "True") -> Json:
    return {"metadata": {"name": name}, "status": {"conditions": [{"type": "Ready", "status": ready}]}}


def route(state: Json, flags: dict[str, str], name: str) -> Json:
    service = get(state, "services", name)
    if "--to-latest" in flags:
        flags.pop("--to-latest")
        newest = things(state, "revisions")[name][0]["metadata"]["name"]
        service["status"]["traffic"] = [{"latestRevision": True, "percent": 100, "revisionName": newest}]
    else:
        revision, _, percent = flags.pop("--to-revisions").partition("=")
        service["status"]["traffic"] = [{"percent": int(percent), "revisionName": revision}]
    return service


def revisions(state: Json, flags: dict[str, str]) -> list[Json]:
    flags.pop("--sort-by")
    flags.pop("--limit")
    return things(state, "revisions").get(flags.pop("--service"), [])


def build(state: Json, flags: dict[str, str], source: str) -> Json:
    flags.pop("--config")
    builder = flags.pop("--service-account").rpartition("/")[2]
    if builder not in things(state, "accounts"):
        raise Refused(f"service account {builder} does not exist")
    values = dict(pair.split("=", 1) for pair in flags.pop("--substitutions").split(","))
    if not os.path.isfile(os.path.join(source, values["_DOCKERFILE"])):
        raise Refused(f"unable to read {values['_DOCKERFILE']}")
    things(state, "images")[values["_IMAGE"]] = {"image_summary": {"digest": "sha256:0"}}
    return {}
