"""The desk's lists and finding a dossier, through the whole application."""

from tests import cast
from tests.doors.desk.pages import see
from tests.onestop.dossiers.story import submitted


async def test_the_online_dossier_waits_with_eight_working_hours(lan, province):
    dossier = await submitted(await cast.citizen())
    text = await see(lan, "/can-bo")
    assert dossier.code in text and "TRẦN AN" in text
    assert "Còn 1 ngày làm việc" in text
