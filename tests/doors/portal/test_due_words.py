"""The appointment in words, for every status and with or without a date."""

import pytest

from app.doors.portal.due_words import due_words
from app.onestop.dossiers.rules import Status

DAY = "17 giờ 00 phút, ngày 30/12/2026"


@pytest.mark.parametrize(
    ("status", "due", "words"),
    [
        (Status.REGISTERED, "", ""),
        (Status.RECEIVED, "", "Sẽ có khi cơ quan có thẩm quyền nhận hồ sơ"),
        (Status.PROCESSING, DAY, DAY),
        (Status.PAYMENT_ASKED, DAY, f"{DAY}, sẽ dời vì đang tạm dừng"),
        (Status.SUPPLEMENT_ASKED, DAY, "Sẽ hẹn lại khi hồ sơ được bổ sung"),
        (Status.STOPPED, DAY, "Không còn hẹn, hồ sơ đã kết thúc"),
        (Status.DELIVERED, DAY, DAY),
        # Carried over from a system that kept no appointment: nobody waits for one any more.
        (Status.FINISHED, "", "Không ghi ngày hẹn"),
        (Status.DELIVERED, "", "Không ghi ngày hẹn"),
    ],
)
def test_an_appointment_is_said_as_it_may_be_relied_on(
    status: Status, due: str, words: str
) -> None:
    assert due_words(status, due) == words
