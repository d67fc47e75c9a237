"""Every feature of one player at home before one date, from lists, the slow way: what the query must say."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from math import exp
from typing import Any

Game = dict[str, Any]
PLAYED_CHANCE = {"OUT": 0.0, "DOUBTFUL": 0.1}


@dataclass(frozen=True)
class Usual:
    """What was usual of a player until the day before."""

    minutes: float
    rate: float
    style: float

    @property
    def points(self) -> float:
        return self.minutes * self.rate

    def likeness(self, other: "Usual") -> float:
        return exp(-0.5 * (self.style - other.style) ** 2)


class PlainFeatures:
    """Box scores of two teams with full counts, everybody's statuses, and a date to look back from."""

    def __init__(self, games: Sequence[Game], statuses: dict[str, str], on: date) -> None:
        self.games = [game for game in games if game["game_date"] < on]
        self.statuses = statuses
        self.on = on

    def of(self, name: str, team: str, opponent: str) -> dict[str, float]:
        """Return all features of a player whose team plays at home."""
        mine = self.games_of(name)
        own, theirs = self.results(team), self.results(opponent)
        return (
            self.scoring(mine)
            | self.playing_time(mine)
            | self.rates(mine, name)
            | self.presence(mine, name, team)
            | self.supply(mine, name, team)
            | self.game(own, theirs, name)
        )

    def ago(self, game: Game) -> int:
        return int((self.on - game["game_date"]).days)

    def games_of(self, name: str) -> list[Game]:
        mine = [game for game in self.games if game["player_lookup"] == name and self.ago(game) <= 400]
        return sorted(mine, key=lambda game: game["game_date"], reverse=True)

    def side(self, game: Game, *, other: bool = False) -> list[Game]:
        team = game["opponent" if other else "team"]
        return [row for row in self.games if row["game_date"] == game["game_date"] and row["team"] == team]

    def results(self, team: str) -> list[tuple[list[Game], list[Game]]]:
        first = {game["game_date"]: game for game in self.games if game["team"] == team}
        newest = [first[day] for day in sorted(first, reverse=True) if (self.on - day).days <= 400]
        return [(self.side(game), self.side(game, other=True)) for game in newest]

    def usual(self, name: str, day: date) -> Usual | None:
        """Two hundred days, of minutes thirty; rates with an hour of the league's."""
        ages = {
            i: (day - g["game_date"]).days for i, g in enumerate(self.games) if g["player_lookup"] == name
        }
        past = [self.games[index] for index, age in ages.items() if 1 <= age <= 200]
        if not past:
            return None
        recent = [self.games[index] for index, age in ages.items() if 1 <= age <= 30] or past
        minutes = total(past, "minutes") + 60
        bulk = sum((g["oreb"] + g["dreb"]) / 3 + g["blocks"] / 1.4 - g["assists"] / 2.5 for g in past)
        return Usual(
            statistics.mean(g["minutes"] for g in recent),
            (total(past, "points") + 0.43 * 60) / minutes,
            36 * (bulk + 0.03362 * 60) / minutes - 1.30476,
        )

    def known(self, rows: Sequence[Game]) -> list[tuple[Game, Usual]]:
        found = [(row, self.usual(row["player_lookup"], row["game_date"])) for row in rows]
        return [(row, usual) for row, usual in found if usual is not None]

    def scoring(self, mine: list[Game]) -> dict[str, float]:
        points = [game["points"] for game in mine]
        drawn = {
            column: (weighted(mine, 60, made) + prior * share) / (weighted(mine, 60, tried) + prior)
            for column, made, tried, prior, share in (
                ("three", lambda g: g["fg3m"], lambda g: g["fg3a"], 60, 0.35),
                ("two", lambda g: g["fgm"] - g["fg3m"], lambda g: g["fga"] - g["fg3a"], 60, 0.53),
                ("free", lambda g: g["ftm"], lambda g: g["fta"], 25, 0.77),
            )
        }
        return {
            "points_avg_5": statistics.mean(points[:5]),
            **{f"points_ewm_{n}": mean(mine, n, "points") for n in (3, 8, 15, 30)},
            "points_last": points[0],
            "points_std_10": statistics.stdev(points[:10]),
            "points_by_attempts_8": 3 * drawn["three"] * mean(mine, 8, "fg3a")
            + 2 * drawn["two"] * (mean(mine, 8, "fga") - mean(mine, 8, "fg3a"))
            + drawn["free"] * mean(mine, 8, "fta"),
            "three_point_accuracy": drawn["three"],
            "two_point_accuracy": drawn["two"],
            "shots_ewm_5": mean(mine, 5, "fga"),
            "shots_ewm_8": mean(mine, 8, "fga"),
            "free_throws_ewm_8": mean(mine, 8, "fta"),
        }

    def playing_time(self, mine: list[Game]) -> dict[str, float]:
        minutes = [game["minutes"] for game in mine]
        margins = [
            total(self.side(game), "points") - total(self.side(game, other=True), "points") for game in mine
        ]
        close = [0.5 ** (ago / 8) if abs(margin) <= 12 else 0.0 for ago, margin in enumerate(margins)]
        lately = [0.5 ** (ago / 3) for ago in range(len(mine))]
        return {
            "minutes_avg_5": statistics.mean(minutes[:5]),
            "minutes_avg_10": statistics.mean(minutes[:10]),
            "minutes_ewm_3": mean(mine, 3, "minutes"),
            "minutes_ewm_30": mean(mine, 30, "minutes"),
            "minutes_last": minutes[0],
            "minutes_last_2": minutes[1],
            "minutes_std_10": statistics.stdev(minutes[:10]),
            "minutes_trend": statistics.mean(minutes[:3]) - statistics.mean(minutes[:10]),
            "minutes_close_8": dot(minutes, close) / sum(close),
            "margin_last": margins[0],
            "margin_abs_ewm_3": dot([abs(margin) for margin in margins], lately) / sum(lately),
        }

    def rates(self, mine: list[Game], name: str) -> dict[str, float]:
        last_10 = mine[:10]
        shots, points = total(last_10, "fga"), total(last_10, "points")

        def meanwhile(game: Game) -> float:
            mates = self.side(game)
            return float(sum(map(plays, mates)) / (total(mates, "minutes") / 5) * game["minutes"])

        return {
            "points_per_minute_ewm_15": weighted(mine, 15, "points") / weighted(mine, 15, "minutes"),
            "points_per_minute_ewm_60": (weighted(mine, 60, "points") + 0.43 * 60)
            / (weighted(mine, 60, "minutes") + 60),
            "usage_avg_10": sum(map(plays, last_10)) / sum(map(meanwhile, last_10)),
            **{f"usage_ewm_{n}": weighted(mine, n, plays) / weighted(mine, n, meanwhile) for n in (2, 5, 30)},
            "shots_per_minute_10": shots / total(last_10, "minutes"),
            "three_point_share_10": total(last_10, "fg3a") / shots,
            "true_shooting_10": points / (2 * (shots + 0.44 * total(last_10, "fta"))),
            "points_share_10": points / sum(total(self.side(game), "points") for game in last_10),
            "playing_style": required(self.usual(name, self.on)).style,
        }

    def missed(self, name: str, team: str) -> list[bool]:
        """Say of each game of a team, the newest first, whether a player was absent."""
        return [all(row["player_lookup"] != name for row in own) for own, _ in self.results(team)]

    def presence(self, mine: list[Game], name: str, team: str) -> dict[str, float]:
        absent = self.missed(name, team)[:15]
        return {
            "games_played": len(mine),
            "games_last_60_days": sum(self.ago(game) <= 60 for game in mine),
            "rest_days": self.ago(mine[0]) - 1,
            "games_since_absence": absent.index(True) if True in absent else 15,
        }

    def chance(self, name: str, team: str) -> float:
        absent = self.missed(name, team)
        since = absent.index(False)
        if self.statuses.get(name) in PLAYED_CHANCE:
            return PLAYED_CHANCE[self.statuses[name]]
        if since == 0:
            minutes = required(self.usual(name, self.on)).minutes
            return min(0.96, 0.30 + 0.022 * min(minutes, 20) + 0.022 * absent[:10].count(False))
        return max(0.08, 0.62 - 0.16 * min(since, 3) - 0.03 * max(since - 3, 0))

    def supply(self, mine: list[Game], name: str, team: str) -> dict[str, float]:
        me = required(self.usual(name, self.on))
        mates = [
            (required(self.usual(mate, self.on)), self.chance(mate, team), self.missed(mate, team))
            for mate in self.statuses
            if mate != name
        ]
        now = {
            "teammates_points": sum(chance * mate.points for mate, chance, _ in mates),
            "teammates_minutes": sum(chance * mate.minutes for mate, chance, _ in mates),
            "similar_minutes": sum(chance * mate.minutes * me.likeness(mate) for mate, chance, _ in mates),
        }
        return now | {
            "points_by_supply": 112 * me.points / (me.points + now["teammates_points"]),
            "minutes_by_supply": 240 * me.minutes / (me.minutes + now["teammates_minutes"]),
            "scoring_rank": sum(chance for mate, chance, _ in mates if mate.points > me.points),
            "minutes_rank": sum(chance for mate, chance, _ in mates if mate.minutes > me.minutes),
            **self.changes(mine, name, now),
            "star_absent_points": max(
                (1 - c) * mate.points if mate.minutes >= 20 else 0 for mate, c, _ in mates
            ),
            "regulars_absent": sum(1 - chance for mate, chance, _ in mates if mate.minutes >= 15),
            "newly_absent_minutes": sum(
                mate.minutes for mate, _, gone in mates if mate.minutes >= 20 and gone.index(False) in (1, 2)
            ),
            "returned_minutes": sum(
                mate.minutes
                for mate, _, gone in mates
                if mate.minutes >= 20 and not gone[0] and any(gone[:5])
            ),
        }

    def changes(self, mine: list[Game], name: str, now: dict[str, float]) -> dict[str, float]:
        """Tonight's supply less that of his games of the last 200 days in which something was usual."""
        past = []
        for number, game in enumerate(mine):
            known = self.known(self.side(game))
            if known and self.ago(game) <= 200:
                own = self.usual(name, game["game_date"]) or Usual(0, 0, 0)
                past.append((number, own, [usual for row, usual in known if row["player_lookup"] != name]))

        def change(column: str, half_life: float, of: Callable[[Usual, Usual], float]) -> float:
            weights = [0.5 ** (number / half_life) for number, _, _ in past]
            supplies = [sum(of(own, mate) for mate in mates) for _, own, mates in past]
            return now[column] - dot(supplies, weights) / sum(weights)

        return {
            "teammates_points_change_5": change("teammates_points", 5, lambda own, mate: mate.points),
            "teammates_points_change_15": change("teammates_points", 15, lambda own, mate: mate.points),
            "teammates_minutes_change_5": change("teammates_minutes", 5, lambda own, mate: mate.minutes),
            "similar_minutes_change_15": change(
                "similar_minutes", 15, lambda own, mate: mate.minutes * own.likeness(mate)
            ),
        }

    def team(self, results: list[tuple[list[Game], list[Game]]]) -> dict[str, float]:
        """What its last 40 games say of a team: half after ten, a third of it after 120 days."""
        ages = [(self.ago(own[0]), own, other) for own, other in results[:40]]
        kept = [
            (0.5 ** (n / 10) * (0.3 if age > 120 else 1), *rows)
            for n, (age, *rows) in enumerate(ages)
            if age <= 200
        ]

        def add(of: Callable[[list[Game], list[Game]], float]) -> float:
            return sum(weight * of(own, other) for weight, own, other in kept)

        def style(usual: Usual) -> str:
            return "guard" if usual.style < -0.7 else "big" if usual.style > 1 else "wing"

        def ratio(kind: str) -> float:
            known = [
                (w, row, usual)
                for w, _, other in kept
                for row, usual in self.known(other)
                if style(usual) == kind
            ]
            scored = sum(w * row["points"] for w, row, _ in known)
            return (scored + 100) / (sum(w * row["minutes"] * usual.rate for w, row, usual in known) + 100)

        return {
            "defence": 100 * add(lambda _, o: total(o, "points")) / add(lambda _, o: possessions(o)),
            "offence": 100 * add(lambda own, _: total(own, "points")) / add(lambda own, _: possessions(own)),
            "pace": 240 * add(lambda own, _: possessions(own)) / add(lambda own, _: total(own, "minutes")),
            "margin": add(lambda own, o: total(own, "points") - total(o, "points")) / add(lambda own, o: 1),
            "wins": statistics.mean(float(total(own, "points") > total(o, "points")) for _, own, o in kept),
            "threes": add(lambda _, o: total(o, "fg3a")) / add(lambda _, o: total(o, "fga")),
            "allowed": (add(lambda _, o: sum(row["points"] for row, _ in self.known(o))) + 100)
            / (add(lambda _, o: sum(usual.points for _, usual in self.known(o))) + 100),
            **{kind: ratio(kind) for kind in ("guard", "wing", "big")},
        }

    def game(self, own: list[Any], theirs: list[Any], name: str) -> dict[str, float]:
        team, other = self.team(own), self.team(theirs)
        style = required(self.usual(name, self.on)).style
        allowed = [total(rows, "points") for _, rows in theirs[:10]]
        pace = team["pace"] + other["pace"]
        return {
            "is_back_to_back": float(self.ago(own[0][0][0]) == 1),
            "is_home": 1.0,
            "opponent_points_allowed_10": statistics.mean(allowed),
            "opponent_defence_10": 100 * sum(allowed) / sum(possessions(rows) for _, rows in theirs[:10]),
            "opponent_defence_ewm": other["defence"],
            "opponent_pace_ewm": other["pace"],
            "opponent_threes_allowed": other["threes"],
            "opponent_allowed_ratio": other["allowed"],
            "opponent_style_ratio": other["guard" if style < -0.7 else "big" if style > 1 else "wing"],
            "game_pace": pace,
            "team_points_expected": (team["offence"] + other["defence"]) / 200 * pace / 2,
            "expected_margin": team["margin"] - other["margin"] + 2.2,
            "team_win_share": team["wins"],
            "season_day": (self.on - date(self.on.year - (self.on.month < 10), 10, 1)).days,
        }


def plays(game: Game) -> float:
    return float(game["fga"] + 0.44 * game["fta"] + game["turnovers"])


def possessions(rows: Sequence[Game]) -> float:
    return sum(map(plays, rows)) - total(rows, "oreb")


def total(rows: Sequence[Game], column: str) -> float:
    return float(sum(row[column] for row in rows))


def dot(values: Sequence[float], weights: Sequence[float]) -> float:
    return sum(value * weight for value, weight in zip(values, weights, strict=True))


def weighted(games: Sequence[Game], half_life: float, of: str | Callable[[Game], float]) -> float:
    """Sum over games, the newest first, each half-life of games halving the weight."""
    values = [game[of] if isinstance(of, str) else of(game) for game in games]
    return dot(values, [0.5 ** (ago / half_life) for ago in range(len(values))])


def mean(games: Sequence[Game], half_life: float, column: str) -> float:
    return weighted(games, half_life, column) / weighted(games, half_life, lambda game: 1.0)


def required(usual: Usual | None) -> Usual:
    assert usual is not None
    return usual
