"""Who hands the dossier in: judging what is typed at the counter, showing names to strangers."""

import re

from app.onestop.dossiers.shapes import Applicant, Correction, Intake
from app.onestop.forms import cleaning, identity
from app.onestop.forms.rules import about
from app.onestop.forms.shapes import Checked, Form

NAME_LENGTH = 200
ADDRESS_LENGTH = 300
SUMMARY_LENGTH = 1000
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s.]{2,}")


def from_form(form: Form, checked: Checked) -> Applicant:
    """The applicant (người nộp) as the checked answers name them."""
    values, who = checked.values, form.applicant
    return Applicant(
        full_name=values.get(who.name, ""),
        phone=values.get(who.phone) or None,
        id_number=values.get(who.id_number) or None,
        email=values.get(who.email) or None,
        address=values.get(who.address) or None,
    )


def summary(short_name: str, form: Form, checked: Checked) -> str:
    """The dossier in one line (trích yếu): the procedure and what it is about."""
    subject = about(form, checked.values)
    return f"{short_name}: {subject}"[:SUMMARY_LENGTH] if subject else short_name


def from_counter(intake: Intake | Correction) -> tuple[Applicant, dict[str, str]]:
    """The applicant as typed at the counter, cleaned, and what is wrong by field of the form.

    Telephone and personal number may be left out: not everybody has them at hand.
    """
    name, address = cleaning.one_line(intake.full_name), cleaning.one_line(intake.address)
    phone_text, id_text = (
        cleaning.plain_digits(intake.phone),
        cleaning.plain_digits(intake.id_number),
    )
    email = cleaning.one_line(intake.email)
    applicant = Applicant(
        full_name=name,
        phone=identity.phone(phone_text) if phone_text else None,
        id_number=identity.id_number(id_text) if id_text else None,
        email=email or None,
        address=address or None,
    )
    faults = {
        "full_name": name_fault(name),
        "phone": phone_text and not applicant.phone
        and "Ghi số điện thoại ở Việt Nam, ví dụ 0912 345 678, hoặc để trống.",
        "id_number": id_text and not applicant.id_number
        and "Ghi số định danh gồm 12 chữ số (hoặc 9 chữ số cũ), hoặc để trống.",
        "email": email and not _EMAIL.fullmatch(email)
        and "Ghi thư điện tử đầy đủ, ví dụ ten@congty.vn, hoặc để trống.",
        "address": len(address) > ADDRESS_LENGTH
        and f"Rút gọn địa chỉ còn tối đa {ADDRESS_LENGTH} ký tự.",
        "summary": len(intake.summary) > SUMMARY_LENGTH
        and f"Rút gọn trích yếu còn tối đa {SUMMARY_LENGTH} ký tự.",
    }  # fmt: skip
    return applicant, {field: text for field, text in faults.items() if text}


def name_fault(name: str) -> str:
    """What is wrong with the cleaned name of a person or an organisation; "" when nothing is."""
    if not any(letter.isalpha() for letter in name):
        return "Nhập họ và tên người nộp, hoặc tên tổ chức."
    if len(name) > NAME_LENGTH:
        return f"Rút gọn họ tên còn tối đa {NAME_LENGTH} ký tự."
    if odd := cleaning.pictures(name):
        return f"Bỏ ký hiệu “{odd[:8]}” trong họ tên."
    return ""


def masked_name(name: str) -> str:
    """The name as a stranger may see it: "Trần Văn Hùng" -> "Trần V*** H***"."""
    first, *others = name.split() or [""]
    return " ".join([first, *(f"{word[0]}***" for word in others)])
