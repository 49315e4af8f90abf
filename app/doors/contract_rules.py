"""The rules of a contract in words, each with its clause."""

from app.doors.words import ngay, so
from billing.agreed import (
    Clause,
    Contract,
    FairUse,
    FixedTotal,
    Included,
    Line,
    Payment,
    Penalty,
    Vat,
)
from billing.limits import limits_of
from billing.measures import MEAN, of_limit
from billing.shapes import METERS

Row = tuple[str, str, Clause]  # name, rule in words, the clause it rests on


def rule(contract: Contract, line: Line) -> str:
    """How a line of a contract is charged, in one sentence."""
    if isinstance(line.pricing, FixedTotal):
        return (
            f"Trọn gói {so(line.pricing.total)} đồng cho cả thời hạn, "
            f"chia đều cho {contract.term.months} tháng."
        )
    found, unit = line.pricing, line.pricing.unit
    daily = METERS[line.meter] if line.meter and METERS[line.meter].daily else None
    if not found.unit_price and not any(price.unit_price for price in found.prices):
        counted = f"{daily.name.lower()} {MEAN}" if daily and unit == daily.unit else unit
        return f"Đếm theo {counted}, không thu thêm."
    told = f"{so(found.unit_price)} đồng mỗi {unit}."
    if found.prices:
        told = " ".join(
            f"Từ {ngay(price.from_on)}: {so(price.unit_price)} đồng mỗi {unit}."
            for price in found.prices
        )
    if found.included:
        told += f" Mỗi tháng đã gồm {so(found.included)} {unit}."
    return told


def rules_of(contract: Contract) -> list[tuple[str, list[Row]]]:
    """The other rules of a contract by heading; headings without rules are left out."""
    found = {
        "Gói thuê": [(lot.name, "", lot.clause) for lot in contract.lots],
        "Khối lượng đã gồm trong giá": [_included(each) for each in contract.included],
        "Mức sử dụng hợp lý": [_fair(each, contract) for each in contract.fair_use],
        "Không thu thêm": [(e.name, "; ".join(e.matters), e.clause) for e in contract.no_extra],
        "Thuế và làm tròn": _money(contract),
        "Thanh toán": [_paid(contract.payment)] if contract.payment else [],
        "Mức cam kết chất lượng": [
            (each.name, _MEASURES[each.measure].format(so(each.value)), each.clause)
            for each in contract.sla
        ],
        "Giảm trừ khi vi phạm": [_penalty(each) for each in contract.penalties],
        "Điều kiện nghiệm thu": [(e.name, _WHEN[e.when], e.clause) for e in contract.acceptance],
        "Dự toán": _estimate(contract),
        "Điều khoản khác": [(each.name, "", each.clause) for each in contract.cited],
    }
    return [(heading, rows) for heading, rows in found.items() if rows]


def _included(volume: Included) -> Row:
    return f"{so(volume.quantity)} {volume.unit}", _PER[volume.per], volume.clause


def _fair(rule: FairUse, contract: Contract) -> Row:
    limit = next(e for e in limits_of(contract, contract.term.start_on) if e.meter == rule.meter)
    allowed = of_limit(limit, rule.quantity, contract.term.start_on)
    span = "tại một thời điểm" if limit.on_a_day else "mỗi tháng"
    return f"{METERS[rule.meter].name}: {allowed} {span}", _BEYOND[rule.beyond], rule.clause


_BEYOND = {
    "warn": "Vượt mức thì cảnh báo, vẫn tiếp nhận.",
    "refuse": "Vượt mức thì từ chối cho đến khi còn chỗ hoặc sang tháng sau.",
}


def _money(contract: Contract) -> list[Row]:
    taxes = [(f"Thuế từ {ngay(vat.from_on)}", _vat(vat), vat.clause) for vat in contract.vat]
    return taxes + [(_ROUNDED[r.what], _ROUNDING[r.rule], r.clause) for r in contract.rounding]


def _paid(pay: Payment) -> Row:
    name = f"Mỗi {pay.every_months} tháng, {'cuối' if pay.at == 'end' else 'đầu'} kỳ"
    told = (
        f"Hóa đơn chậm nhất ngày {pay.invoice_by_day:02} tháng sau, trả trong {pay.due_days} ngày."
    )
    return name, told, pay.clause


def _penalty(penalty: Penalty) -> Row:
    told = (
        f"{penalty.rate_bp / 100:g}% tiền cố định của tháng mỗi trường hợp, "
        f"nhiều nhất {penalty.cap_bp / 100:g}%."
    )
    return penalty.name, told.replace(".", ",", told.count(".") - 1), penalty.clause


def _estimate(contract: Contract) -> list[Row]:
    parts = contract.estimate.parts if contract.estimate else []
    return [(part.name, f"{so(part.amount)} đồng", part.clause) for part in parts]


_PER = {"month": "Mỗi tháng", "year": "Mỗi năm", "term": "Cả thời hạn"}
_ROUNDED = {
    "month_share": "Chia tiền cố định cho các tháng",
    "vat": "Tiền thuế",
    "credit": "Tiền giảm trừ",
}
_ROUNDING = {
    "floor_of_sum": "Phần nguyên của số lũy kế trừ số đã tính.",
    "half_up": "Làm tròn đến đồng, nửa đồng tính lên.",
    "down": "Bỏ phần lẻ của đồng.",
    "up": "Phần lẻ của đồng tính thành một đồng.",
}
_MEASURES = {
    "hours_per_day": "{} giờ mỗi ngày",
    "restore_minutes": "{} phút",
    "availability_bp": "{} phần vạn thời gian",
    "response_ms": "{} mili giây",
}
_WHEN = {"start": "Trước khi sử dụng", "period": "Mỗi kỳ", "end": "Khi kết thúc hợp đồng"}


def _vat(vat: Vat) -> str:
    told = {"included": "Giá đã gồm thuế", "added": "Cộng thêm thuế", "exempt": "Không chịu thuế"}
    rate = "" if vat.rate_bp is None else f", thuế suất {vat.rate_bp / 100:g}%".replace(".", ",")
    return f"{told[vat.treatment]}{rate}."
