"""What the books do not allow, told as any other refusal is."""

from litestar import Response

from app.doors.asked import Asked
from app.doors.failures import show_refusal
from app.refusals import Refusal
from billing.refusals import BooksRefuse


def refuse_books(request: Asked, refusal: BooksRefuse) -> Response[bytes]:
    """The refusal of the books as a page or problem+json."""
    told = Refusal(refusal.message)
    told.code = refusal.code
    return show_refusal(request, told)
