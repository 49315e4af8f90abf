"""What a person is told when signing in does not work out; `reason` is for the log alone."""

from app.refusals import Refusal


class SignInFailed(Refusal):
    """The answer that came back cannot be believed; signing in anew may help."""

    status = 400
    code = "sign_in_failed"
    title = "Chưa đăng nhập được"
    message = (
        "Thông tin đăng nhập nhận về không hợp lệ nên chưa được chấp nhận. "
        "Ông/bà vui lòng đăng nhập lại từ đầu."
    )

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


class FlowEnded(SignInFailed):
    """The attempt was finished before, took too long, or was begun in another browser."""

    code = "sign_in_ended"
    title = "Lượt đăng nhập đã kết thúc"
    message = (
        "Lượt đăng nhập này đã được sử dụng, đã quá thời hạn 10 phút hoặc được bắt đầu "
        "trên trình duyệt khác. Ông/bà vui lòng đăng nhập lại từ đầu."
    )


class TooWeak(SignInFailed):
    """The issuer did not make sure enough of the person: no second factor, or too long ago."""

    status = 403
    code = "sign_in_too_weak"
    title = "Cần xác thực hai yếu tố"
    message = (
        "Tài khoản này phải đăng nhập bằng hai yếu tố. Ông/bà vui lòng bật xác thực hai yếu tố "
        "tại hệ thống định danh của đơn vị, rồi đăng nhập lại."
    )


class Declined(SignInFailed):
    """The person, or the issuer on their behalf, said no."""

    code = "sign_in_declined"
    title = "Đã dừng đăng nhập"
    message = (
        "Ông/bà đã dừng hoặc chưa đồng ý chia sẻ thông tin khi đăng nhập, nên chưa vào được hệ "
        "thống. Nếu muốn tiếp tục, ông/bà vui lòng đăng nhập lại."
    )


class ProviderDown(SignInFailed):
    """The issuer does not answer, or not as the protocol asks."""

    status = 503
    code = "provider_down"
    title = "Chưa kết nối được hệ thống đăng nhập"
    message = (
        "Hệ thống định danh tạm thời không trả lời. Ông/bà vui lòng thử lại sau ít phút; "
        "các trang không cần đăng nhập vẫn dùng được."
    )


class NoIssuer(SignInFailed):
    """No issuer is configured for these people, or the one chosen was removed."""

    status = 404
    code = "no_issuer"
    title = "Chưa có cách đăng nhập này"
    message = (
        "Cách đăng nhập này chưa được thiết lập hoặc đã ngừng sử dụng. "
        "Ông/bà vui lòng chọn cách đăng nhập khác hoặc liên hệ đường dây nóng."
    )
