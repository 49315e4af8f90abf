"""When a contract is paid (lịch thanh toán): its periods, amounts and last days. Pure."""

from datetime import date, timedelta

import msgspec

from billing.agreed import Contract, FixedTotal, Payment
from billing.charging import fixed_share
from billing.months import shifted


class PaymentPeriod(msgspec.Struct, frozen=True, kw_only=True):
    """One period: its first and last month, the fixed lines' đồng, and the days that bind."""

    number: int
    first: date
    last: date
    amount: int
    invoice_by: date
    due_by: date


def payment_calendar(contract: Contract) -> list[PaymentPeriod]:
    """Every period of the term, the last one shorter where they do not come out even.

    The amounts are of the fixed lines, before tax that comes on top, and add up to their totals;
    what is counted is added as it is used. Empty without a rule of payment.
    """
    pay, months = contract.payment, contract.term.months
    if pay is None:
        return []
    return [
        _period(contract, pay, number, first, min(first + pay.every_months - 1, months))
        for number, first in enumerate(range(1, months + 1, pay.every_months), 1)
    ]


def _period(contract: Contract, pay: Payment, number: int, first: int, last: int) -> PaymentPeriod:
    """The period from month `first` to month `last` of the term."""
    start_on = contract.term.start_on
    fixed = [line.pricing for line in contract.lines if isinstance(line.pricing, FixedTotal)]
    shares = [
        fixed_share(pricing, contract.term.months, month)
        for pricing in fixed
        for month in range(first, last + 1)
    ]
    month = shifted(start_on, last if pay.at == "end" else first - 1)
    invoice_by = month.replace(day=pay.invoice_by_day)
    return PaymentPeriod(
        number=number,
        first=shifted(start_on, first - 1),
        last=shifted(start_on, last - 1),
        amount=sum(shares),
        invoice_by=invoice_by,
        due_by=invoice_by + timedelta(days=pay.due_days),
    )
