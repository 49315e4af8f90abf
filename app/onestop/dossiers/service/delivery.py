"""Giving the result to the citizen (trả kết quả), the last act."""

from typing import get_args

from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.rules import Act, Delivery
from app.onestop.dossiers.service.steps import carry_out, open_case
from app.onestop.dossiers.shapes import Way
from app.onestop.notices import service as notices
from app.onestop.ratings.service import rating_address
from app.people.shapes import Actor
from app.refusals import Malformed
from infra.clock import now

_ON_PAPER = "Kết quả chỉ có bản giấy: chọn trả tại Bộ phận Một cửa hoặc qua bưu chính."


async def deliver(officer: Actor, code: str, version: int | None, way: Way) -> Dossier:
    """Record that the result was given, and by which way: counter, electronic or postal.

    The citizen gets a link to rate the service. Raises NotFound, NotAllowed, Overtaken, Malformed.
    """
    case = await open_case(officer, Act.DELIVER, code, version)
    if way not in get_args(Way):
        raise Malformed(fields={"way": "Chọn cách trả kết quả trong danh sách."})
    if way == "electronic" and case.dossier.result_on_paper:
        raise Malformed(fields={"way": _ON_PAPER})
    case.dossier.delivered_at, case.dossier.delivered_way = now(), way
    case.dossier.delivery = (Delivery.POSTED if way == "postal" else Delivery.GIVEN).value
    dossier = await carry_out(officer, Act.DELIVER, case)
    await notices.notify(dossier, "DANH_GIA", TRACUU=rating_address(dossier.id))
    return dossier
