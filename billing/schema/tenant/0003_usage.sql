select 1; -- Tables follow.
