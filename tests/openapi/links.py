"""Where one door leads to the next, so that a request made by chance is followed by another.

Each line: what opens the way, the status it opens it with, where the value stands, and the doors it
is good for. The story of a dossier is told by them from its first form to its deadline.
"""

import re
from typing import Any

_DRAFT = ("GET /ban-nhap/{draft_id}", "POST /ban-nhap/{draft_id}",
          "GET /ban-nhap/{draft_id}/giay-to", "GET /ban-nhap/{draft_id}/kiem-tra",
          "POST /ban-nhap/{draft_id}/nop", "POST /ban-nhap/{draft_id}/bo")  # fmt: skip
_MINE = ("GET /da-nop/{code}", "GET /da-nop/{code}/thoi-han", "GET /da-nop/{code}/luot-xem",
         "GET /da-nop/{code}/rut", "POST /da-nop/{code}/rut", "GET /tra-cuu/{code}",
         "POST /tra-cuu/{code}", "GET /api/v1/dossiers/{code}/deadline")  # fmt: skip
_ACTS = ("tiep-nhan", "bo-sung", "chuyen", "nhan-ho-so", "tham-dinh", "phe-duyet", "tra-lai",
         "hoan-thanh", "tra-ket-qua", "tu-choi", "gia-han", "tam-dung", "tinh-tiep", "dung", "rut",
         "dinh-chinh", "phan-cong", "lay-y-kien", "rut-lai", "da-bo-sung")  # fmt: skip
_DESK = ("GET /can-bo/ho-so/{code}", "GET /can-bo/ho-so/{code}/phieu-kiem-soat",
         *(f"POST /can-bo/ho-so/{{code}}/{act}" for act in _ACTS))  # fmt: skip
_UPLOAD = ("HEAD /tep/{identity}", "PATCH /tep/{identity}", "DELETE /tep/{identity}")
_PERSON = "/quan-tri/can-bo/{officer_id}"
_OFFICER = (f"GET {_PERSON}", f"POST {_PERSON}/chuc-danh", f"POST {_PERSON}/thu-hoi",
            f"POST {_PERSON}/mo-lai", f"POST {_PERSON}/cap-lai",
            f"POST {_PERSON}/ket-thuc-phien")  # fmt: skip
_FLOW = ("GET /quan-tri/quy-trinh/{workflow_id}", "POST /quan-tri/quy-trinh/{workflow_id}/cong-bo",
         "POST /quan-tri/quy-trinh/{workflow_id}/ngung",
         "GET /quan-tri/quy-trinh/{workflow_id}/chuyen-ho-so")  # fmt: skip
_CALENDAR = tuple(
    f"{verb} /quan-tri/lich-lam-viec/du-thao/{{draft_id}}{rest}"
    for verb, rest in (("GET", ""), ("POST", "/phe-duyet"), ("POST", "/huy"))
)
_ORDER = ("GET /can-bo/nhieu-ho-so/{order_id}",)
_NEXT: dict[str, tuple[str, str, tuple[str, ...]]] = {
    # From the address one is led to.
    "POST /nop-ho-so/{code}": ("303", "/ban-nhap/", _DRAFT),
    "POST /ban-nhap/{draft_id}/nop": ("303", "/da-nop/", (*_MINE, *_DESK)),
    "POST /can-bo/tiep-nhan": ("303", "/can-bo/ho-so/", _DESK),
    "POST /tep": ("201", "/tep/", _UPLOAD),
    "POST /quan-tri/cap-quyen": ("303", "/quan-tri/can-bo/", _OFFICER),
    "POST /quan-tri/quy-trinh/lap/{code}": ("303", "/quan-tri/quy-trinh/", _FLOW),
    "POST /quan-tri/lich-lam-viec/lap/{kind}": ("303", "/du-thao/", _CALENDAR),
    "POST /can-bo/nhieu-ho-so": ("303", "/can-bo/nhieu-ho-so/", _ORDER),
    # With what was asked for.
    "POST /ban-nhap/{draft_id}": ("303", "", _DRAFT),
    "GET /da-nop/{code}": ("200", "", _MINE),
    "GET /can-bo/ho-so/{code}": ("200", "", _DESK),
}
# Every door of a story.
DOORS = frozenset(_NEXT).union(*(targets for _, _, targets in _NEXT.values()))


def links_of(door: str) -> dict[str, dict[str, Any]]:
    """The links of a door's answers, by status."""
    if door not in _NEXT:
        return {}
    status, lead, targets = _NEXT[door]
    return {status: {target: _link(target, lead) for target in targets}}


def _link(target: str, lead: str) -> dict[str, Any]:
    [name] = re.findall(r"\{(\w+)\}", target)
    value = f"$response.header.Location#regex:{lead}([^/?]+)" if lead else f"$request.path.{name}"
    return {"operationId": _named(target), "parameters": {name: value}}


def _named(target: str) -> str:
    """The operation as the document names it: published ones have names of their own."""
    return "readDeadline" if target.startswith("GET /api/v1/dossiers") else target
