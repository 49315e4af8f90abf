#!/usr/bin/env python3
"""Computes a statement (bảng kê) again from its export, with nothing but Python's own library.

    python3 recompute.py tinh-lai-binhdinh-2026-11.json

Prints what was stated beside what comes out, and the difference in đồng; ends with 0 only when
nothing differs. It shares no line of code with the system that made the statement.
"""

# Bare of types so that it reads on one sheet; the tests hold it to the system's own digits.
# mypy: disable-error-code="no-untyped-def,no-untyped-call,var-annotated"
# ruff: noqa: T201

import json
import sys
from datetime import date, datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))


def month_of(moment):
    """The month a moment falls in on a Vietnamese calendar, as `yyyy-mm-01`."""
    return (
        datetime.fromisoformat(moment.replace("Z", "+00:00"))
        .astimezone(VIETNAM)
        .strftime("%Y-%m-01")
    )


def number_of(contract, month):
    """Which month of the term this is, from 1; what lies outside is below 1 or above its months."""
    start = contract["term"]["start_on"]
    return (int(month[:4]) - int(start[:4])) * 12 + int(month[5:7]) - int(start[5:7]) + 1


def inside(contract, month):
    """Whether a month belongs to the term."""
    return 1 <= number_of(contract, month) <= contract["term"]["months"]


def days_in(month):
    """How many days a month has."""
    year, number = int(month[:4]), int(month[5:7])
    return (date(year + number // 12, number % 12 + 1, 1) - date(year, number, 1)).days


def agreed_for(contracts, month):
    """The contract, in its version, that holds in a month."""
    starts = sorted({each["term"]["start_on"] for each in contracts})
    start = max([each for each in starts if each <= month] or starts[:1])
    versions = [each for each in contracts if each["term"]["start_on"] == start]
    begun = [
        v for v in versions if not v.get("amendment") or v["amendment"]["effective_on"] <= month
    ]
    return max(begun or versions, key=lambda each: each.get("version", 1))


def fixed(pricing, months, number):
    """A month's part of a fixed total: the floor of the sums, so nothing is lost."""
    if not 1 <= number <= months:
        return 0
    kept = pricing.get("settled")
    total, first = pricing["total"], 0
    if kept and number <= kept["months"]:
        total, months = kept["amount"], kept["months"]
    elif kept:
        total, first = total - kept["amount"], kept["months"]
    months, number = months - first, number - first
    return total * number // months - total * (number - 1) // months


def charged(pricing, month, quantity):
    """Units charged in a month, and the price of one."""
    size = pricing.get("size", 1) * (days_in(month) if pricing.get("daily_mean") else 1)
    units = (quantity + size - 1) // size
    price = pricing["unit_price"]
    if pricing.get("prices"):
        price = 0
        for each in pricing["prices"]:
            if each["from_on"] <= month and (not each.get("to_on") or month <= each["to_on"]):
                price = each["unit_price"]
    return max(units - pricing.get("included", 0), 0), price


def rounded(numerator, denominator, rule):
    """A fraction as whole đồng by the contract's rule."""
    whole, rest = divmod(abs(numerator), denominator)
    if (rule == "half_up" and 2 * rest >= denominator) or (rule == "up" and rest):
        whole += 1
    return whole if numerator >= 0 else -whole


def rule_for(contract, what):
    """How the contract rounds one kind of amount."""
    return {each["what"]: each["rule"] for each in contract.get("rounding", [])}.get(
        what, "half_up"
    )


def sums(facts, month):
    """By meter and month of the fact: what is stated now, and what was stated before."""
    now, before = {}, {}
    for fact in facts:
        kept = now if fact["billed_in"] == month else before
        key = fact["meter"], month_of(fact["occurred_at"])
        kept[key] = kept.get(key, 0) + fact["quantity"]
    return now, before


def lines(contract, month, now):
    """Every line's code and amount."""
    for line in contract["lines"]:
        pricing, number = line["pricing"], number_of(contract, month)
        if pricing["kind"] == "fixed_total":
            yield line["code"], fixed(pricing, contract["term"]["months"], number)
        else:
            units, price = charged(pricing, month, now.get((line.get("meter"), month), 0))
            yield line["code"], units * price if inside(contract, month) else 0


def late(contracts, month, now, before):
    """What facts of earlier months change in them, at their own prices."""
    for (meter, of), quantity in now.items():
        agreed = agreed_for(contracts, of)
        for line in agreed["lines"]:
            if of == month or line.get("meter") != meter or not inside(agreed, of):
                continue
            was, _ = charged(line["pricing"], of, before.get((meter, of), 0))
            is_, price = charged(line["pricing"], of, before.get((meter, of), 0) + quantity)
            if is_ != was:
                yield f"{line['code']} {of[:7]}", (is_ - was) * price


def credits(contract, month, entered):
    """What breaches take off the month's fixed amount, up to the cap of their clause."""
    number, months = number_of(contract, month), contract["term"]["months"]
    whole = sum(
        fixed(line["pricing"], months, number)
        for line in contract["lines"]
        if line["pricing"]["kind"] == "fixed_total"
    )
    for penalty in contract.get("penalties", []):
        cases = sum(each["cases"] for each in entered if each["penalty"] == penalty["code"])
        if cases:
            part = min(penalty["rate_bp"] * cases, penalty["cap_bp"])
            name = f"credit {penalty['code']}"
            yield name, -rounded(whole * part, 10_000, rule_for(contract, "credit"))


def tax_on(contract, month, amount):
    """The tax that comes on top; what the price includes changes nothing to pay."""
    begun = [each for each in contract.get("vat", []) if each["from_on"] <= month]
    vat = max(begun, key=lambda each: each["from_on"]) if begun else None
    if vat is None or vat["treatment"] != "added":
        return 0
    return rounded(amount * vat["rate_bp"], 10_000, rule_for(contract, "vat"))


def recompute(export):
    """Every row's name with its amount, and the total, from the sources alone."""
    stated = export["statement"]
    month, key = stated["month"], (stated["contract_id"], stated["contract_version"])
    contract = next(
        each for each in export["contracts"] if (each["id"], each.get("version", 1)) == key
    )
    now, before = sums(export["facts"], month)
    rows = [
        *lines(contract, month, now),
        *late(export["contracts"], month, now, before),
        *credits(contract, month, export["credits"]),
    ]
    net = sum(amount for _, amount in rows)
    return rows, net + tax_on(contract, month, net)


def stated_rows(stated):
    """The same rows as the statement has them."""
    rows = [(line["code"], line["amount"]) for line in stated["lines"]]
    for row in stated.get("adjustments", []):
        late_name = f"{row['code']} {row['month'][:7]}"
        name = late_name if row["kind"] == "late" else f"credit {row['code']}"
        rows.append((name, row["amount"]))
    return rows


def compare(export):
    """Every row as (name, stated, computed again), the total last."""
    rows, total = recompute(export)
    stated = stated_rows(export["statement"])
    names = sorted({name for name, _ in [*rows, *stated]})
    told, made = dict(stated), dict(rows)
    found = [(name, told.get(name, 0), made.get(name, 0)) for name in names]
    return [*found, ("TOTAL", export["statement"]["total"], total)]


def main(paths):
    """Compare each file; the number of đồng that differ decides the exit code."""
    wrong = 0
    for path in paths:
        with open(path, encoding="utf-8") as file:
            export = json.load(file)
        print(f"{path}: {export['statement']['contract_id']} {export['statement']['month'][:7]}")
        for name, stated, made in compare(export):
            wrong += abs(stated - made)
            print(f"  {name:32} {stated:>18,} {made:>18,} {made - stated:>12,}")
    print(f"difference: {wrong} VND")
    return 1 if wrong or not paths else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
