"""What an officer may be told about an order for many dossiers."""

from app.onestop.bulk.shapes import MOST
from app.refusals import Malformed


class NothingChosen(Malformed):
    """No dossier was ticked."""

    code = "nothing_chosen"

    def __init__(self) -> None:
        super().__init__(fields={"ho_so": "Chọn ít nhất một hồ sơ."})


class TooMany(Malformed):
    """More than one order holds."""

    code = "too_many"

    def __init__(self) -> None:
        super().__init__(fields={"ho_so": f"Chọn tối đa {MOST} hồ sơ trong một lần."})


class UnknownBulkAct(Malformed):
    """Not everything is done to many at once."""

    code = "unknown_bulk_act"

    def __init__(self) -> None:
        super().__init__(fields={"viec": "Chọn việc cần làm trong danh sách."})
