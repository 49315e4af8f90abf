"""What people may be told about accounts and posts."""

from app.refusals import NotFound, Refusal


class NotAdmitted(Refusal):
    """A true identity that no administrator has admitted (chưa được cấp quyền).

    `title` heads the page, `message` says why, and the page itself whom to turn to.
    """

    status = 403
    code = "not_admitted"
    title = "Tài khoản chưa được cấp quyền"
    message = "Tài khoản này chưa được quản trị viên của đơn vị cấp quyền sử dụng."


class IdentityTaken(NotAdmitted):
    """The username is admitted, but bound to another issuer or another person."""

    code = "identity_taken"
    title = "Tài khoản cần được kiểm tra"
    message = (
        "Tên đăng nhập này đã gắn với một tài khoản khác. "
        "Quản trị viên của đơn vị cần kiểm tra trước khi ông/bà sử dụng."
    )


class Dismissed(NotAdmitted):
    """The officer was admitted once and no longer works here."""

    code = "dismissed"
    title = "Tài khoản đã ngừng được cấp quyền"
    message = (
        "Tài khoản này đã ngừng được cấp quyền làm việc tại đây. "
        "Nếu có nhầm lẫn, ông/bà vui lòng liên hệ quản trị viên của đơn vị."
    )


class SecondFactorNeeded(NotAdmitted):
    """An administrator or operator who proved who it is by one factor alone."""

    code = "second_factor_needed"
    title = "Cần xác thực hai yếu tố"
    message = (
        "Quản trị viên phải đăng nhập bằng hai yếu tố. Ông/bà vui lòng đăng xuất, bật xác thực "
        "hai yếu tố tại hệ thống định danh của đơn vị, rồi đăng nhập lại."
    )


class LongAway(NotAdmitted):
    """An account nobody used for weeks; it is shut until somebody answers for it again."""

    code = "long_away"
    title = "Tài khoản đã bị khóa"
    message = (
        "Tài khoản bị khóa vì lâu ngày không đăng nhập; công việc và hồ sơ đang giữ vẫn còn "
        "nguyên. Quản trị viên của đơn vị mở lại được tài khoản này."
    )


class IssuerUnclear(NotAdmitted):
    """Several issuers could vouch for the username, and nobody said which one is meant."""

    code = "issuer_unclear"
    title = "Tài khoản chưa ghi hệ thống đăng nhập"
    message = (
        "Tài khoản đã được cấp quyền nhưng chưa ghi hệ thống đăng nhập. "
        "Quản trị viên của đơn vị cần chọn hệ thống đăng nhập cho tài khoản này."
    )


class UsernameTaken(Refusal):
    """Somebody with this username was admitted before."""

    status = 409
    code = "username_taken"
    message = (
        "Tên đăng nhập này đã được cấp quyền trước đó. Ông/bà vui lòng kiểm tra lại danh sách; "
        "cán bộ đã bị thu hồi quyền thì cấp quyền lại tại trang của cán bộ."
    )


class PostHeldAlready(Refusal):
    """The officer holds this very post at that time."""

    status = 409
    code = "post_held_already"
    message = "Cán bộ này đang giữ chức danh đã chọn trong thời gian đó."


class WrongPeriod(Refusal):
    """A period that ends before it begins."""

    status = 422
    code = "wrong_period"
    message = "Ngày kết thúc phải từ ngày bắt đầu trở đi. Vui lòng sửa lại ngày."


class NoSuchOfficer(NotFound):
    """There is no such officer among those who work here."""

    code = "no_such_officer"
    message = "Không tìm thấy cán bộ này trong danh sách đang làm việc."


class NoSuchPost(NotFound):
    """There is no such post, or nobody holds it that way."""

    code = "no_such_post"
    message = "Không tìm thấy chức danh này."


class NoSuchAgency(NotFound):
    """There is no such agency here."""

    code = "no_such_agency"
    message = "Không tìm thấy cơ quan này."
