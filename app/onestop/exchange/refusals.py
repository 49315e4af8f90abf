"""What the exchange with another system may refuse."""

from app.refusals import Refusal


class NotOurPartner(Refusal):
    """Nobody we know signed it, or not for us: all look the same to a stranger."""

    status = 401
    code = "not_our_partner"
    message = "Chưa xác nhận được hệ thống gửi. Hãy kiểm tra địa chỉ và khóa công khai đã khai báo."


class MessageDiffers(Refusal):
    """The same id came before with another content."""

    status = 409
    code = "message_differs"
    message = "Tin có cùng mã đã nhận trước đó với nội dung khác."


class FilesMissing(Refusal):
    """The message names files that have not come: send them first (RFC 6585, 428)."""

    status = 428
    code = "files_missing"
    message = "Còn thiếu tệp của giấy tờ ghi trong tin."


class TooManyCalls(Refusal):
    """The contract's limit of calls is used up this month."""

    status = 429
    code = "over_quota"
    message = "Đã hết số lượt gọi của tháng này theo hợp đồng. Hãy gửi lại từ đầu tháng sau."


class Unreadable(Refusal):
    """Not a message of this interface."""

    status = 422
    code = "unreadable"
    message = "Nội dung tin không đúng cấu trúc của giao tiếp liên thông."


class WorkUnknown(Refusal):
    """It names work we have not got from this partner, or not sent to it."""

    status = 422
    code = "work_unknown"
    message = "Không có phần việc liên thông nào mang mã này."


class FileDiffers(Refusal):
    """The bytes are not those the digest names."""

    status = 422
    code = "file_differs"
    message = "Nội dung tệp không khớp với mã kiểm tra."


class NoSuchPart(Refusal):
    """A procedure or an agency that is not there."""

    status = 422
    code = "not_settled_here"


class PartnerKnown(Refusal):
    """The name or the address is already somebody's."""

    code = "partner_known"
    message = "Tên tắt hoặc địa chỉ này đã khai báo cho một hệ thống khác."


class NothingStuck(Refusal):
    """The message is on its way or was taken: there is nothing to send again."""

    code = "nothing_stuck"
    message = "Tin này đã được gửi hoặc đang chờ gửi, không cần gửi lại."


class NotNow(Refusal):
    """We cannot go on at this moment; the same message will do later."""

    status = 503
    code = "not_now"
    message = "Hệ thống nhận chưa xử lý được tin này, sẽ nhận lại sau."


class NothingAsked(Refusal):
    """No other system waits for papers of this dossier."""

    code = "nothing_asked"
    message = "Không có hệ thống nào đang chờ bổ sung giấy tờ của hồ sơ này."
