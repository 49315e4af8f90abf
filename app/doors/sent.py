"""What a plain form sent."""

from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.exceptions import InternalServerException

from app.doors.asked import Asked
from app.refusals import Malformed, Refusal

# Forms with files are read as they come (`sent_files`); everything else is text.
MOST_BYTES = 1_000_000
MOST_FIELDS = 2000
_NO_TEXT = "Nội dung gửi lên không đọc được. Ông/bà vui lòng tải lại trang rồi gửi lại."


class TooMuchText(Refusal):
    """More fields than any form of ours has; taking them apart would hold everybody up."""

    status = 413
    code = "too_much_text"
    message = "Nội dung gửi lên quá lớn. Ông/bà vui lòng tải lại trang rồi gửi lại."


class TextCut(Refusal):
    """The line fell, or went silent, before the form was here."""

    status = 408
    code = "text_cut"
    message = "Nội dung gửi lên bị ngắt. Ông/bà vui lòng gửi lại."


async def texts(request: Asked) -> dict[str, str]:
    """The form's texts by name, the last one of each; files are left out.

    Raises TooMuchText, TextCut, Malformed.
    """
    plain = request.content_type[0] == RequestEncodingType.URL_ENCODED
    try:
        if plain and (await request.body()).count(b"&") >= MOST_FIELDS:
            raise TooMuchText
        form = await request.form()
    except InternalServerException:
        raise TextCut from None
    except (UnicodeError, LookupError):  # Bytes that are no text, in a charset nobody knows.
        raise Malformed(_NO_TEXT) from None
    return {name: text for name, text in form.multi_items() if not isinstance(text, UploadFile)}
