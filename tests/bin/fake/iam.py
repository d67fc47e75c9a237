"""Who may do what."""

from store import Json, Refused, get, save, things
from things import create


def policy(kind: str):
    def handler(state: Json, flags: dict[str, str], name: str) -> Json:
        if kind != "project":
            get(state, kind, name)
        return things(state, "policies").get(f"{kind}/{name}", {"etag": "ACAB"})

    return handler


def bind(kind: str):
    def handler(state: Json, flags: dict[str, str], name: str) -> Json:
        if kind != "project":
            get(state, kind, name)
        if state.get("unsettled", 0) > 0:
            state["unsettled"] -= 1
            save(state)
            raise Refused("INVALID_ARGUMENT: Service account x@y.iam.gserviceaccount.com does not exist.")
        flags.pop("--condition", None)
        role, member = flags.pop("--role"), flags.pop("--member")
        policy = things(state, "policies").setdefault(f"{kind}/{name}", {"etag": "ACAB"})
        for binding in policy.setdefault("bindings", []):
            if binding["role"] == role and "condition" not in binding:
                binding["members"] = sorted({*binding["members"], member})
                return policy
        policy["bindings"].append({"role": role, "members": [member]})
        return policy

    return handler


def of_proxy(made):
    """Like the policies of services, but those that Identity-Aware Proxy goes by, named by a flag."""

    def handler(state: Json, flags: dict[str, str]) -> Json:
        if flags.pop("--resource-type") != "cloud-run":
            raise Refused("Invalid choice for --resource-type")
        name = flags.pop("--service")
        get(state, "services", name)
        return made("project")(state, flags, f"proxy of {name}")

    return handler


def create_account(state: Json, flags: dict[str, str], name: str) -> Json:
    email = f"{name}@nba-props-platform.iam.gserviceaccount.com"
    return create("accounts", "{}")(state, flags, email)
