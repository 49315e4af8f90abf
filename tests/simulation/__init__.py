"""A simulated year of one province on the pure rules: no database, an injected clock, one seed.

    python -m tests.simulation                            200,000 dossiers of the year 2026
    python -m tests.simulation --seed 2026 --only 4711    one of them again, told act by act

People are slow, ill and forgetful here, two act at once, strangers try what is not theirs, and the
calendar changes in mid-year. What must always be true is checked at every act; what is not stops
the year with the seed and the number of the dossier that play it again.
"""
