"""What a citizen who rates may be told."""

from app.refusals import Refusal


class AlreadyRated(Refusal):
    """One dossier is rated once."""

    status = 409
    code = "already_rated"
    message = "Hồ sơ này đã được đánh giá. Xin cảm ơn ông/bà đã góp ý."
