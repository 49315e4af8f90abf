"""The trail (nhật ký) for administrators: who did and who read what, and how it is sealed."""

from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

import msgspec
from litestar import Response, get
from litestar.params import QueryParameter

from app.doors.admin.entry import administrator
from app.doors.admin.trail_certificate import certificate
from app.doors.admin.trail_view import GROUPS, seal_rows, trail_lines
from app.doors.asked import Asked
from app.doors.desk.inputs import uuid_or_none
from app.doors.render import page
from app.onestop.codes.rules import read as read_code
from app.onestop.forms.days import read_day
from app.people.shapes import Actor
from app.refusals import NotFound
from app.trail import heads, rules, searching, signing
from app.trail.reading import note
from billing.months import day_start
from storage.names import attachment
from tenants.current import current

HERE = "/quan-tri/nhat-ky"
Person = Annotated[str, QueryParameter(name="nguoi", max_length=100)]
What = Annotated[str, QueryParameter(name="viec", max_length=20)]
Code = Annotated[str, QueryParameter(name="ho-so", max_length=100)]
From = Annotated[str, QueryParameter(name="tu", max_length=20)]
To = Annotated[str, QueryParameter(name="den", max_length=20)]
After = Annotated[str, QueryParameter(name="sau", max_length=40)]
_NO_DAY = "Ghi ngày theo dạng ngày/tháng/năm, ví dụ 05/11/2026."


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed into the form, and what is wrong with it."""

    nguoi: str
    viec: str
    ho_so: str
    tu: str
    den: str
    errors: dict[str, str]

    @property
    def query(self) -> str:
        """The same as it stands in an address."""
        said = {"nguoi": self.nguoi, "viec": self.viec, "ho-so": self.ho_so,
                "tu": self.tu, "den": self.den}  # fmt: skip
        return urlencode({name: text for name, text in said.items() if text})

    @property
    def asked(self) -> searching.Asked:
        """The same as it is looked for."""
        _, acts, but = GROUPS.get(self.viec, ("", (), ()))
        return searching.Asked(
            person=self.nguoi,
            code=read_code(self.ho_so) or self.ho_so,
            acts=acts,
            but=but,
            from_at=_start(self.tu),
            before_at=_start(self.den, later=1),
        )


@get(HERE, opt={"reads": "trail"})
async def show_trail(
    request: Asked,
    person: Person = "",
    what: What = "",
    code: Code = "",
    first: From = "",
    last: To = "",
    after: After = "",
) -> Response[bytes]:
    """The rows that answer, the seals, and the head of their chain."""
    who = await administrator(request)
    asked = _filter(person.strip(), what, code.strip(), first.strip(), last.strip())
    return await _page(who, asked, after)


@get(f"{HERE}/giay-xac-nhan")
async def save_certificate(request: Asked) -> Response[bytes]:
    """The head of the chain as a paper to keep or to hand on (giấy xác nhận niêm phong)."""
    await administrator(request)
    head = await heads.head()
    if head is None:
        raise NotFound
    found = await certificate(head)
    name = attachment(f"Giấy xác nhận niêm phong nhật ký {head.seq}.pdf")
    held = {"Content-Disposition": name, "Cache-Control": "private, no-store"}
    return Response(found, media_type="application/pdf", headers=held)


async def _page(who: Actor, asked: Filter, after: str) -> Response[bytes]:
    found = searching.Page([], None)
    if not asked.errors:
        found = await searching.search(asked.asked, after=uuid_or_none(after) if after else None)
        # Who looks through the trail is in it as well.
        note(who, "trail", "trail", query=asked.query)
    head, query = await heads.head(), asked.query
    return page(
        "admin/trail.html",
        status=422 if asked.errors else 200,
        here=HERE,
        asked=asked,
        errors=asked.errors,
        groups=[(key, words) for key, (words, _, _) in GROUPS.items()],
        lines=trail_lines(found.lines),
        first=f"{HERE}?{query}" if after else "",
        next=f"{HERE}?{query}{'&' if query else ''}sau={found.next}" if found.next else "",
        seals=seal_rows(await searching.newest_seals()),
        head=head,
        digest=rules.short(head.digest) if head else "",
        public_key=signing.public_key().hex(" ", 4),
        checked=(await heads.latest(current())).get(current().slug),
    )


def _filter(nguoi: str, viec: str, ho_so: str, tu: str, den: str) -> Filter:
    start, end = _start(tu), _start(den)
    said = (("tu", tu, start), ("den", den, end))
    errors = {name: _NO_DAY for name, text, at in said if text and not at}
    if start and end and end < start:
        errors["den"] = "Chọn ngày cuối không trước ngày đầu."
    return Filter(nguoi=nguoi, viec=viec, ho_so=ho_so, tu=tu, den=den, errors=errors)


def _start(text: str, *, later: int = 0) -> datetime | None:
    day = read_day(text)
    return day_start(day + timedelta(days=later)) if day else None
