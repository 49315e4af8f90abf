"""What people may be told about codes of dossiers."""

from app.refusals import Refusal


class NoCodeGiven(Refusal):
    """Codes come from a system outside, and all it gave are used."""

    status = 503
    code = "no_code_given"
    message = (
        "Hệ thống cấp mã hồ sơ chưa cấp thêm mã cho cơ quan này. "
        "Ông/bà vui lòng thử lại sau ít phút hoặc báo quản trị viên của đơn vị."
    )


class CodeTaken(Refusal):
    """Another dossier has this code, or had it."""

    status = 409
    code = "code_taken"
    message = "Mã này đã gắn với một hồ sơ khác. Vui lòng kiểm tra lại mã."


class NotACode(Refusal):
    """The text cannot be a dossier code."""

    status = 422
    code = "not_a_code"
    message = "Đây chưa phải là mã hồ sơ. Vui lòng nhập đủ mã, ví dụ H08.21583-260930-0012."
