"""A small year of each province, and that a seed tells the same year every time."""

import pytest

from app.onestop.dossiers.rules import Act
from app.provinces import loader
from tests.simulation.watching import Watched
from tests.simulation.year import Broken, Figures, Year

DOSSIERS = 300


class Tampered(Year):
    """A year in which a dossier's row was changed behind everybody's back."""

    def close(self, one: Watched) -> None:
        one.model.requests += one.come.number == 31
        super().close(one)


def lived(slug: str, numbers: range | list[int]) -> Figures:
    figures = Year(2026, slug).play(numbers)
    return {
        name: figure
        for name, figure in figures.items()
        if "second" not in name and "_s" not in name
    }


@pytest.mark.parametrize("slug", loader.slugs())
def test_in_a_year_of_faults_the_law_holds_at_every_act(slug: str) -> None:
    figures = lived(slug, range(DOSSIERS))
    assert sum(figures["statuses"].values()) == DOSSIERS  # type: ignore[attr-defined]
    assert figures["codes"] >= figures["registered"] > DOSSIERS // 2  # type: ignore[operator]
    assert figures["refused"]["overtaken"]  # type: ignore[index]
    assert figures["moved"]


def test_people_do_everything_the_law_knows_in_a_year() -> None:
    done = lived("binhdinh", range(DOSSIERS * 2))["by_act"]
    # No workflow of the province leads to another system; the engine's walks do.
    assert set(done) == set(Act) - {Act.GO_ON_WITHOUT, Act.ASK_FAR_AGAIN}  # type: ignore[call-overload]


def test_the_same_seed_tells_the_same_year() -> None:
    assert lived("laocai", range(60)) == lived("laocai", range(60))


def test_a_dossier_alone_lives_as_it_did_among_the_others() -> None:
    among = Year(7, "binhdinh", kept=True)
    among.play(range(50))
    alone = Year(7, "binhdinh", kept=True)
    alone.play([31])
    assert among.trails[31] == alone.trails[31]


def test_what_breaks_says_which_seed_and_dossier_to_play_again() -> None:
    with pytest.raises(Broken, match="--seed 11 --province binhdinh --only 31"):
        Tampered(11, "binhdinh").play(range(40))
