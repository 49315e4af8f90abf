"""What people may be told about a procedure."""

from app.refusals import Refusal


class FilingClosed(Refusal):
    """The tenant does not take this procedure online here."""

    status = 409
    code = "filing_closed"
    message = (
        "Thủ tục này hiện không nhận hồ sơ trực tuyến tại đây. "
        "Ông/bà vui lòng nộp tại Bộ phận Một cửa hoặc qua bưu chính."
    )


class NotCompetent(Refusal):
    """The chosen agency does not settle the procedure."""

    status = 422
    code = "not_competent"
    message = "Cơ quan đã chọn không giải quyết thủ tục này. Vui lòng chọn cơ quan khác."


class NoSuchFiling(Refusal):
    """An unknown position of the filing switch."""

    status = 422
    code = "no_such_filing"
    message = "Vui lòng chọn một trong ba cách: nhận tại đây, qua Cổng quốc gia hoặc không nhận."
