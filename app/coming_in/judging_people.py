"""Officers and procedures of another system. Pure."""

from app.coming_in import days
from app.coming_in.judging import Judged, Words, origin
from app.coming_in.shapes import PersonIn, ProcedureIn
from app.coming_in.world import World
from app.onestop.catalog.rules import normalise
from app.onestop.catalog.shapes import (
    Channel,
    ChannelKind,
    Level,
    Limit,
    PaperCase,
    PostKind,
    Procedure,
    Provenance,
    Step,
    Unit,
)
from app.onestop.catalog.validity import SMS_NAME_LENGTH
from app.onestop.forms import cleaning
from app.people.rules import admission_faults, plain_name, plain_username
from infra.clock import VIETNAM

_MOST_DAYS = 365
_SHORT = 120
_OTHER_NAME = "Tên đăng nhập đã có ở đây cho {}; hãy kiểm tra có phải cùng một người."
# How the work is shared out where nothing was published: as in most procedures of the catalogue.
_FLOW = [
    Step("tiep-nhan", "Tiếp nhận hồ sơ", PostKind.RECEPTION, 10),
    Step("thu-ly", "Thụ lý hồ sơ", PostKind.SPECIALIST, 60),
    Step("phe-duyet", "Phê duyệt kết quả", PostKind.LEADER, 20),
    Step("tra-ket-qua", "Trả kết quả", PostKind.RECEPTION, 10),
]


def person(row: Judged, words: Words, world: World, old_id: str) -> PersonIn | None:
    """An officer to be admitted, with the post the mapping names."""
    username, name = plain_username(row.needed("username")), plain_name(row.needed("full_name"))
    agency = row.word("agency", "agencies", words, world.agencies)
    key = row.word("post", "posts", words, frozenset(key for _, key in world.posts))
    begins = row.moment("from", words)
    if not row.ok:
        return None
    for field, sentence in admission_faults(row["username"], name).items():
        row.fault(field if field in ("username", "full_name") else "username", sentence)
    post = world.posts.get((agency, key))
    if post is None:
        row.fault("post", "Cơ quan này không có chức danh đó; chọn chức danh khác trong mục posts.")
    known = world.officers.get(username)
    if known is not None and known != name:
        row.fault("username", _OTHER_NAME.format(known))
    if not row.ok or post is None:
        return None
    return PersonIn(
        origin=origin(row.sheet, row.row, old_id), username=username, full_name=name,
        email=row["email"] or None, post_id=post,
        from_on=begins.astimezone(VIETNAM).date() if begins else None,
    )  # fmt: skip


def procedure(row: Judged, words: Words, world: World, old_id: str) -> ProcedureIn | None:
    """A procedure the catalogue does not have; one it has is left as it is."""
    code, name = row.needed("code"), cleaning.one_line(row.needed("name"))
    if code in world.procedures:
        row.fault("code", "Danh mục đã có thủ tục này; bỏ dòng này, hồ sơ dùng thủ tục đã có.")
    closed = days.moment(row["closed_on"], words.dates) if row["closed_on"] else None
    if row["closed_on"] and closed is None:
        row.moment("closed_on", words)
    limit = row["working_days"]
    if limit and not (limit.isascii() and limit.isdigit() and 1 <= int(limit) <= _MOST_DAYS):
        row.fault("working_days", f"Ghi số ngày làm việc từ 1 đến {_MOST_DAYS}, hoặc để trống.")
    if not row.ok:
        return None
    return ProcedureIn(
        origin=origin(row.sheet, row.row, old_id), code=code, name=name,
        field=cleaning.one_line(row["field"]) or "Lĩnh vực khác",
        closed_on=closed.astimezone(VIETNAM).date() if closed else None,
        working_days=int(limit) if limit else None, decision=row["decision"] or None,
    )  # fmt: skip


def record_of(found: ProcedureIn, source_name: str) -> Procedure:
    """The catalogue's record of it: internal, so that nobody files anew before it is published."""
    limit = Limit(found.working_days, Unit.WORKING_DAYS) if found.working_days else None
    return Procedure(
        code=found.code, name=found.name, short_name=found.name[:_SHORT],
        sms_name=normalise(found.name)[:SMS_NAME_LENGTH].strip() or "thu tuc khac",
        field=found.field, levels=[Level.OTHER], agency="", department="", applicants=[],
        channels=[Channel(kind, limit, []) for kind in ChannelKind],
        cases=[PaperCase("ho-so", None, True, [])], results=[], legal_basis=[], conditions=None,
        steps=[], flow=_FLOW, decision_no=found.decision, online=False, form="chung",
        provenance=Provenance(None, "source", note=f"Chuyển từ {source_name}"),
        valid_to=found.closed_on, internal=True,
    )  # fmt: skip
