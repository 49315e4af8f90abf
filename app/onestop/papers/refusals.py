"""What a person is told when a file cannot be taken: one sentence that says what to do."""

from app.refusals import Refusal
from infra.settings import settings
from storage.shapes import FileRefused

_SENTENCES = {
    "empty": "Tệp trống, vui lòng chụp lại hoặc chọn tệp khác.",
    "unknown_type": (
        "Loại tệp này không được nhận. Vui lòng dùng tệp PDF, ảnh (JPG, PNG, HEIC), "
        "Word (DOC, DOCX, ODT) hoặc Excel (XLS, XLSX)."
    ),
    "wrong_extension": (
        "Nội dung tệp không đúng với tên tệp. Vui lòng mở tệp trên máy để kiểm tra, "
        "rồi lưu lại đúng định dạng hoặc chọn tệp khác."
    ),
    "encrypted": (
        "Tệp PDF đang đặt mật khẩu hoặc hạn chế quyền. Vui lòng gỡ mật khẩu rồi tải lên lại."
    ),
    "broken": "Không mở được tệp PDF này. Vui lòng xuất lại hoặc quét lại rồi tải lên.",
    "no_pages": "Tệp PDF không có trang nào. Vui lòng xuất lại hoặc quét lại rồi tải lên.",
    "too_many_dots": (
        "Ảnh có kích thước quá lớn nên không được nhận. "
        "Vui lòng quét hoặc chụp lại ở cỡ thông thường."
    ),
    "infected": ("Tệp có chứa mã độc nên không được nhận. Vui lòng kiểm tra máy và dùng tệp khác."),
    "unwanted": "Giấy tờ này không nhận thêm tệp nữa. Vui lòng tải lại trang để xem tình trạng.",
    "too_many": (
        "Ông/bà đang có quá nhiều tệp tải lên dở dang. Vui lòng hoàn thành hoặc hủy bớt, "
        "rồi tải tiếp."
    ),
}
# What `FileNotTaken.code` may say, after "file_".
REASONS = (*_SENTENCES, "too_large")


def sentence(code: str) -> str:
    """The sentence for a reason a file was refused."""
    if code == "too_large":
        limit = settings().upload_limit_bytes // (1024 * 1024)
        return f"Tệp vượt quá {limit} MB, vui lòng chọn tệp nhỏ hơn hoặc chia thành nhiều tệp."
    return _SENTENCES[code]


class FileNotTaken(Refusal):
    """A file that was looked at and refused (tệp không được nhận)."""

    status = 422

    def __init__(self, refused: FileRefused, field: str | None = None) -> None:
        text = sentence(refused.code)
        super().__init__(text, {field: text} if field else None)
        self.code = f"file_{refused.code}"
        if refused.code == "too_large":
            self.status = 413


class UploadGone(Refusal):
    """An upload that ended, expired, or was never this person's."""

    status = 404
    code = "upload_gone"
    message = "Lần tải lên này đã kết thúc hoặc hết hạn. Vui lòng chọn tệp và tải lên lại."


class UploadHeld(Refusal):
    """Two requests for one upload at the same time."""

    status = 423
    code = "upload_held"
    message = "Tệp này đang được tải lên ở một kết nối khác. Vui lòng chờ trong giây lát."


class UploadOffset(Refusal):
    """The sender goes on from a place that is not the end of what came."""

    status = 409
    code = "upload_offset"
    message = "Vị trí tải tiếp chưa đúng. Vui lòng tải tiếp từ vị trí hệ thống đã nhận."


class StoreDown(Refusal):
    """The store of files does not answer."""

    status = 503
    code = "store_down"
    message = (
        "Kho lưu tệp tạm thời chưa phục vụ được. Ông/bà vui lòng thử lại sau ít phút; "
        "các tệp đã tải lên vẫn được giữ."
    )


class AlreadyFiled(Refusal):
    """Papers of a draft that was handed in meanwhile."""

    status = 409
    code = "already_filed"
    message = "Hồ sơ đã được nộp nên không thay đổi được giấy tờ nữa. Vui lòng tải lại trang."


class SlotFull(Refusal):
    """More files for one paper than anybody reads."""

    status = 409
    code = "slot_full"
    message = "Giấy tờ này đã có đủ số tệp tối đa. Vui lòng gộp các trang vào một tệp PDF."
