"""Whether the contract leaves room for another file of a dossier (còn chỗ lưu giấy tờ).

Only papers that are handed in are refused. A result, and what another authority sends, is kept even
beyond the limit: the answer to a citizen does not wait for a contract; both sides are warned.
"""

from app.refusals import Refusal
from billing import quota
from billing.refusals import OverQuota


class StoreFull(Refusal):
    """The contract's limit of what may be kept is used up, and it says that more is refused."""

    status = 413
    code = "store_full"
    message = (
        "Kho lưu giấy tờ của địa phương đã hết dung lượng theo hợp đồng nên chưa nhận thêm tệp. "
        "Ông/bà vui lòng nộp giấy tờ tại Bộ phận Một cửa hoặc tải lên lại sau; "
        "các tệp đã tải lên vẫn được giữ."
    )


async def ask(size: int, field: str | None = None) -> None:
    """Make sure that `size` bytes more may be kept, outside of units of work.

    Raises StoreFull, beside the form's `field` when there is one.
    """
    try:
        await quota.room(size)
    except OverQuota:
        raise StoreFull(fields={field: StoreFull.message} if field else None) from None
