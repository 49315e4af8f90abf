"""What a person may be told about a notice."""

from typing import ClassVar

from app.refusals import Refusal


class CannotResend(Refusal):
    """Only a message that failed, or of which nothing is known, may be sent again."""

    code = "cannot_resend"
    message = "Tin này đã được gửi hoặc đang chờ gửi, không cần gửi lại."


class NoEmail(Refusal):
    """Letters were chosen without an address they can go to."""

    status = 422
    code = "no_email"
    message = "Ghi địa chỉ thư điện tử để nhận thư, ví dụ ten@example.vn."

    def __init__(self) -> None:
        super().__init__(fields={"email": self.message})


class WordingFaulty(Refusal):
    """A wording would send nonsense to people, or cost too much."""

    status = 422
    code = "wording_faulty"

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults), fields={"text": " ".join(faults)})


class WordingSettled(Refusal):
    """What operators have judged, or people were sent, is not changed."""

    code = "wording_settled"
    message = "Mẫu tin đã đổi tình trạng. Ông/bà tải lại trang rồi thực hiện lại."


class NotHeld(Refusal):
    """Only a held message is let go or given up."""

    code = "not_held"
    message = "Tin này không còn tạm giữ. Ông/bà tải lại trang để xem tình trạng mới."


class LineFaulty(Refusal):
    """A sender's name or a provider that cannot be."""

    status = 422
    code = "line_faulty"
    _SENTENCES: ClassVar[dict[str, str]] = {
        "brand": "Ghi tên định danh từ 1 đến 11 ký tự không dấu, ví dụ TTHCC-BD.",
        "provider": "Ghi tên tắt của nhà cung cấp bằng chữ thường, ví dụ esms.",
    }

    def __init__(self, field: str) -> None:
        super().__init__(self._SENTENCES[field], fields={field: self._SENTENCES[field]})
