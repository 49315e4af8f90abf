"""Their sealed trail, as it stands, beside ours; its bulk comes ahead of the rest."""

from typing import NamedTuple

from app.merging.ahead import MARK, NEWER
from app.merging.kinds import CHAIN
from app.merging.piping import pipe
from app.merging.sides import Sides
from tenants.clusters import quoted

_COUNT = "select count(*) from trail"
_BACK = "delete from joined_trail where joined_id = $1 and id = any($2)"
_ALL_BACK = "delete from joined_trail where joined_id = $1"


class Trail(NamedTuple):
    """The rows that came ahead: how many, as of which moment."""

    mark: int
    rows: int


async def add_ahead(both: Sides) -> Trail:
    """The rows there are now; only their number can grow, and the oldest may lapse."""
    mark = await both.theirs.fetchval(MARK)
    return Trail(mark, await _add(both, "trail"))


async def add_rest(both: Sides, ahead: Trail) -> int:
    """The rows that came since, and the seals; how many there are in all."""
    newer = NEWER.format(mark=ahead.mark)
    rows = await both.theirs.fetch(f"select id from trail t where {newer}")  # noqa: S608
    tag = await both.ours.execute(_BACK, both.joining.id, [row["id"] for row in rows])
    count = ahead.rows - int(tag.split()[-1]) + await _add(both, "trail", newer)
    if count != await both.theirs.fetchval(_COUNT):
        await both.ours.execute(_ALL_BACK, both.joining.id)
        count = await _add(both, "trail")
    return count + sum([await _add(both, name) for name in CHAIN if name != "trail"])


async def _add(both: Sides, name: str, where: str = "true") -> int:
    columns = [column.name for column in both.tables[name].columns]
    names = ", ".join(map(quoted, columns))
    query = f"select '{both.joining.id}'::uuid, {names} from {name} t where {where}"  # noqa: S608
    return await pipe(both.theirs, query, both.ours, f"joined_{name}", ["joined_id", *columns])
