"""Finding one and the same player in two sources: by id, then by name, then by name without a suffix."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from local.player_lookup import lookup_without_suffix, player_lookup
from shared.ports import Row


@dataclass(frozen=True)
class _Player:
    lookup: str
    player_id: str | None
    team: str | None


@dataclass
class KnownPlayers:
    """Players by their keys."""

    _by_id: dict[str, _Player] = field(default_factory=dict)
    _by_lookup: dict[str, _Player] = field(default_factory=dict)
    _by_stem: dict[str, dict[str, _Player]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[Row]) -> "KnownPlayers":
        """Index rows that have player_lookup, player_name, player_id and perhaps team."""
        known = cls()
        for row in rows:
            known.add(row)
        return known

    def add(self, row: Row) -> None:
        """Index one more player."""
        player = _Player(row["player_lookup"], row["player_id"], row.get("team"))
        if player.player_id:
            self._by_id[player.player_id] = player
        self._by_lookup[player.lookup] = player
        self._by_stem.setdefault(lookup_without_suffix(row["player_name"]), {})[player.lookup] = player

    def find(self, player_id: str | None, name: str | None, team: str | None) -> str | None:
        """Return the lookup of the player meant, or None.

        A name that several share without their suffixes means none of them, and a namesake with
        another id who plays for another team is somebody else.
        """
        if player_id in self._by_id:
            return self._by_id[player_id].lookup
        player = self._by_name(name) if name else None
        if player is None or _is_someone_else(player, player_id, team):
            return None
        return player.lookup

    def may_hold(self, player_id: str | None, name: str) -> bool:
        """Say whether anybody here has this id or, with or without a suffix, this name."""
        keys = (player_id in self._by_id, player_lookup(name) in self._by_lookup)
        return any(keys) or lookup_without_suffix(name) in self._by_stem

    def _by_name(self, name: str) -> _Player | None:
        exact = self._by_lookup.get(player_lookup(name))
        if exact:
            return exact
        same_stem = list(self._by_stem.get(lookup_without_suffix(name), {}).values())
        return same_stem[0] if len(same_stem) == 1 else None


def _is_someone_else(player: _Player, player_id: str | None, team: str | None) -> bool:
    has_other_id = None not in (player_id, player.player_id) and player_id != player.player_id
    has_other_team = None not in (team, player.team) and team != player.team
    return has_other_id and has_other_team
