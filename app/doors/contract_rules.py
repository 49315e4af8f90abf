"""The rules of a contract in words, each with its clause."""

from app.doors.words import so
from billing.agreed import Clause, Contract, FixedTotal, Line, Vat

Row = tuple[str, str, Clause]  # name, rule in words, the clause it rests on


def rule(contract: Contract, line: Line) -> str:
    """How a line of a contract is charged, in one sentence."""
    if isinstance(line.pricing, FixedTotal):
        return (
            f"Trọn gói {so(line.pricing.total)} đồng cho cả thời hạn, "
            f"chia đều cho {contract.term.months} tháng."
        )
    found, unit = line.pricing, line.pricing.unit
    if not found.unit_price and not any(price.unit_price for price in found.prices):
        return f"Đếm theo {unit}, không thu thêm."
    told = f"{so(found.unit_price)} đồng mỗi {unit}."
    if found.prices:
        told = " ".join(
            f"Từ {price.from_on:%d/%m/%Y}: {so(price.unit_price)} đồng mỗi {unit}."
            for price in found.prices
        )
    if found.included:
        told += f" Mỗi tháng đã gồm {so(found.included)} {unit}."
    return told


def rules_of(contract: Contract) -> list[tuple[str, list[Row]]]:
    """The other rules of a contract by heading: name, rule in words, clause."""
    pay = contract.payment
    at = "cuối" if pay and pay.at == "end" else "đầu"
    found = {
        "Gói thuê": [(lot.name, "", lot.clause) for lot in contract.lots],
        "Khối lượng đã gồm trong giá": [
            (
                f"{so(each.quantity)} {each.unit}",
                {"month": "mỗi tháng", "year": "mỗi năm", "term": "cả thời hạn"}[each.per],
                each.clause,
            )
            for each in contract.included
        ],
        "Không thu thêm": [
            (each.name, "; ".join(each.matters), each.clause) for each in contract.no_extra
        ],
        "Thuế và làm tròn": [
            *(
                (f"Thuế từ {each.from_on:%d/%m/%Y}", _vat(each), each.clause)
                for each in contract.vat
            ),
            *(
                (_ROUNDED[each.what], _ROUNDING[each.rule], each.clause)
                for each in contract.rounding
            ),
        ],
        "Thanh toán": [
            (
                f"Mỗi {pay.every_months} tháng, {at} kỳ",
                f"Hóa đơn chậm nhất ngày {pay.invoice_by_day:02} tháng sau, "
                f"trả trong {pay.due_days} ngày.",
                pay.clause,
            )
        ]
        if pay
        else [],
        "Mức cam kết chất lượng": [
            (each.name, _MEASURES[each.measure].format(so(each.value)), each.clause)
            for each in contract.sla
        ],
        "Giảm trừ khi vi phạm": [
            (
                each.name,
                f"{each.rate_bp / 100:g}% tiền cố định của tháng mỗi trường hợp, "
                f"nhiều nhất {each.cap_bp / 100:g}%.",
                each.clause,
            )
            for each in contract.penalties
        ],
        "Điều kiện nghiệm thu": [
            (each.name, _WHEN[each.when], each.clause) for each in contract.acceptance
        ],
        "Dự toán": [
            (each.name, f"{so(each.amount)} đồng", each.clause)
            for each in (contract.estimate.parts if contract.estimate else [])
        ],
        "Điều khoản khác": [(each.name, "", each.clause) for each in contract.cited],
    }
    return [(heading, rows) for heading, rows in found.items() if rows]


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
    rate = "" if vat.rate_bp is None else f", thuế suất {vat.rate_bp / 100:g}%"
    return f"{told[vat.treatment]}{rate}."
