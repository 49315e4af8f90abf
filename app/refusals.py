"""What a person may be told when something cannot be done."""


class Refusal(Exception):
    """A request that is understood and refused (từ chối); the door shows `message` as it is.

    `status` is the HTTP status, `code` a stable English word for the API, `message` one or two
    Vietnamese sentences that say what to do, `fields` such sentences by name of the form's field,
    `wait_seconds` after which it is worth trying again (0: waiting changes nothing).
    """

    status = 409
    code = "refused"
    message = "Yêu cầu chưa thực hiện được. Ông/bà vui lòng thử lại."
    wait_seconds = 0

    def __init__(self, message: str | None = None, fields: dict[str, str] | None = None) -> None:
        self.message = message or type(self).message
        self.fields = fields or {}
        super().__init__(self.code)


class NotFound(Refusal):
    """It does not exist, or not for this person: both look the same."""

    status = 404
    code = "not_found"
    message = "Không tìm thấy nội dung ông/bà cần. Vui lòng kiểm tra lại địa chỉ hoặc mã hồ sơ."


class Malformed(Refusal):
    """A form with fields to mend; it is shown again with what was typed."""

    status = 422
    code = "malformed"
    message = "Có mục cần sửa trước khi tiếp tục."


class NotAllowed(Refusal):
    """The person is known but holds no post that may do this."""

    status = 403
    code = "not_allowed"
    message = "Ông/bà chưa được giao nhiệm vụ này. Vui lòng liên hệ quản trị viên của đơn vị."


class Overtaken(Refusal):
    """Somebody else acted on the same thing meanwhile."""

    status = 409
    code = "overtaken"
    message = "Hồ sơ vừa được người khác cập nhật. Vui lòng tải lại trang để xem nội dung mới."
