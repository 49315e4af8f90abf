"""What a person may be told about a notice."""

from app.refusals import Refusal


class CannotResend(Refusal):
    """Only a message that failed, or of which nothing is known, may be sent again."""

    code = "cannot_resend"
    message = "Tin này đã được gửi hoặc đang chờ gửi, không cần gửi lại."
