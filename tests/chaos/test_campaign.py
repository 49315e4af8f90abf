"""Thirty rounds of faults under load; `make chaos` plays as many as a night allows."""

import random

from tests.chaos.campaign import campaign

_ROUNDS = 30


def test_through_every_fault_all_that_was_acknowledged_is_there_once_and_no_page_is_untrue():
    seed, said = random.randrange(10**6), []
    found = campaign(_ROUNDS, seed, say=said.append)
    told = "\n".join([f"make chaos ROUNDS={_ROUNDS} SEED={seed}", *said])
    assert not found.wrong, f"{told}\n{found.wrong}"
    assert all(found.deeds[kind] for kind in ("dossier", "filed", "paper", "act", "usage")), told
