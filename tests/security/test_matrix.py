"""Every door, tried by everybody with everything: of the own province, and of its neighbour."""

import pytest

from app.main import TENANT, create_site
from tenants.work import Work
from tests import cast
from tests.security.people import OUTSIDE, ROLES, people
from tests.security.routes import doors
from tests.security.table import differences, lines_that_differ, table_of
from tests.security.treasure import (
    BROWSER,
    HERE,
    KIN,
    THAM,
    THERE,
    at_home,
    bury,
    nothing,
)
from tests.security.walking import Undone, digest, kept, walked

pytestmark = pytest.mark.usefixtures("monday", "unhurried")

_AGAIN = "python -m tests.security.matrix writes the table anew: read every line that changes"
# A code, or an address somebody signed, is all that is asked for.
_BY_ADDRESS = ("/tra-cuu", "/kho", "/danh-gia", "/tin-den", "/tin-nhan")
# Seen from another province there are no more kinds of people.
_ALIKE = ("stranger", "citizen", "reception", "leader", "administrator")


async def test_everybody_is_answered_as_the_table_says(province, browse, monkeypatch):
    """Nothing is kept of this walk, so that each answer stands for itself; and nobody learns by
    asking that another person's dossier, draft or paper is there."""
    treasure = at_home(await bury(THAM, HERE))
    everybody, site = await people(treasure), doors(create_site(TENANT))
    undone = Undone()
    monkeypatch.setattr(Work, "commit", undone.instead_of_commit())
    answers = {
        role: await walked(await browse(province, who), site, treasure, undone)
        for role, who in everybody.items()
    }
    assert differences("tenant", table_of(answers), ROLES) == [], _AGAIN
    assert lines_that_differ("untraced", sorted(undone.silent)) == [], "an act left no trail"
    seen = [
        f"{role} {door}: {shown}"
        for role in OUTSIDE
        for door, answer in answers[role].items()
        if (shown := answer.leaks(THAM.markers))
    ]
    assert seen == []
    hidden = [door for door in site if door.of_tenant and not door.path.startswith(_BY_ADDRESS)]
    for role in ("citizen", "elsewhere"):
        browser = await browse(province, everybody[role])
        none = await walked(browser, hidden, nothing(treasure), undone)
        told = {door: (answers[role][door].status, answer.status) for door, answer in none.items()}
        assert {door: two for door, two in told.items() if len(set(two)) > 1} == {}, role


async def test_no_door_opens_to_what_a_neighbour_has(province, neighbour, browse):
    """What is theirs is answered like what nobody has, and stays as it was."""
    theirs = await cast.at(neighbour, bury(KIN, THERE))
    nobodys, everybody = nothing(theirs), await people(await bury(THAM, HERE))
    before, held = await cast.at(neighbour, digest()), await kept(neighbour.slug)
    site = doors(create_site(TENANT))
    named = [door for door in site if door.of_tenant]
    found = []
    for role in _ALIKE:
        none = await _tried(browse, province, everybody[role], named, nobodys)
        said = await _tried(browse, province, everybody[role], site, theirs)
        found += [f"{role} {door}: {fault}" for door, fault in _faults(said, none)]
    assert found == []
    assert await cast.at(neighbour, digest()) == before
    assert await kept(neighbour.slug) == held
    own = await browse(neighbour, theirs.citizen)
    assert KIN.name in (await own.get(f"/ban-nhap/{theirs.values['draft']}")).text


async def _tried(browse, province, who, site, treasure):
    browser = await browse(province, who)
    browser.cookies.set("motcua-truoc", BROWSER)
    return await walked(browser, site, treasure)


def _faults(said, none):
    """What must not be: a door shows something, breaks, or tells theirs from what is nobody's."""
    for door, answer in said.items():
        if shown := answer.leaks(KIN.markers):
            yield door, f"shows {shown}"
        if answer.status.startswith("5"):
            yield door, answer.status
        if door in none and answer.status.startswith("2"):
            yield door, f"answers {answer.status}"
        if door in none and none[door].status != answer.status:
            yield door, f"{answer.status}, but {none[door].status} for what is nobody's"
