"""The order of an upgrade's steps, and what each may do beside the release before."""

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.migrate import Migration, chain
from infra.phase_rules import faults_of, statements
from infra.phases import Phase, floor, needed, next_step, repeated_before

ORDER = list(Phase)


class Step(NamedTuple):
    number: int
    phase: Phase

    @property
    def name(self):
        return f"{self.number:04}"


def steps(letters):
    """`"emce"` as a chain."""
    return [
        Step(n, next(p for p in Phase if p.startswith(x))) for n, x in enumerate(letters, start=1)
    ]


@pytest.mark.parametrize(
    ("letters", "version", "phases", "step", "first"),
    [
        ("eemc", 0, ["expand"], 1, 1),
        ("eemc", 2, ["expand"], None, None),
        ("eemc", 0, ["migrate"], 3, 1),
        ("eemc", 2, ["migrate"], 3, 3),
        ("eemc", 2, ORDER, 3, 3),
        ("eemc", 3, ["contract"], 4, 4),
        # The chain of two releases: what the later one builds upon comes first.
        ("emce", 1, ["expand"], 4, 2),
        ("emce", 3, ["expand"], 4, 4),
        ("e", 1, ["contract"], None, None),
    ],
)
def test_a_phase_takes_what_comes_next_and_names_what_is_in_its_way(
    letters, version, phases, step, first
):
    found = next_step(steps(letters), version, [Phase(each) for each in phases])
    assert found is None if step is None else (found[0].number, found[1].number) == (step, first)


@given(st.text("emc", max_size=12), st.integers(0, 12))
def test_every_step_has_its_turn_and_a_release_never_needs_more_than_it_knows(letters, version):
    whole, version = steps(letters), min(version, len(letters))
    while found := next_step(whole, version, ORDER):
        assert found[0] is found[1] is whole[version]
        version += 1
    assert version == len(whole)
    assert floor(whole, version) <= len(whole) and needed(whole) <= len(whole)


def test_what_an_older_release_wrote_meanwhile_is_brought_over_before_it_would_be_lost():
    whole = steps("emcemeemcc")
    assert [s.number for s in repeated_before(whole, whole[2])] == [2]
    assert [s.number for s in repeated_before(whole, whole[8])] == [5, 8]
    assert repeated_before(whole, whole[9]) == []  # Its older release had gone already.
    assert repeated_before(whole, whole[7]) == []
    assert (needed(whole), floor(whole, 8), floor(whole, 9)) == (7, 3, 9)


EXPANDING = [
    "create table a (id uuid primary key, b text not null check (b <> ''));"
    " create unique index a_b on a (b); insert into append_only (name) values ('a')",
    "alter table dossier add column a text, add column b int not null default 0,"
    " add if not exists c uuid references officer, add column d numeric(10, 2) default null,"
    " add column e jsonb not null default '{}'::jsonb, add column f timestamptz default now()",
    "create index concurrently if not exists a on dossier (b)",
    "alter table notice drop constraint notice_state_check,"
    " add constraint notice_state_check check (state in ('a', 'b')) not valid",
    "create function f() returns trigger language plpgsql as $$ begin update x set y = ';'; end $$;"
    " create trigger t before insert on dossier for each row execute function f()",
    "-- drop table dossier;\n/* drop table x; */ comment on table dossier is 'rename; it''s'",
]
DISTURBING = [
    ("alter table dossier drop column a", "only columns may be added"),
    ("alter table dossier rename column a to b", "only columns may be added"),
    ("ALTER TABLE dossier RENAME TO d", "only columns may be added"),
    ("alter table dossier alter column a type bigint", "only columns may be added"),
    ("alter table dossier alter a set not null", "only columns may be added"),
    ("alter table dossier add column a text not null", "does not fill"),
    ("alter table dossier add column a text check (a <> '')", "every row"),
    ("alter table dossier add column a text unique", "every row"),
    ("alter table dossier add a uuid default gen_random_uuid()", "every row anew"),
    ("alter table dossier add a bigint generated always as (b) stored", "every row"),
    ("alter table dossier add constraint c check (a > 0)", "only columns|new rule"),
    ("alter table notice add constraint notice_x_check check (x) not valid", "new rule"),
    ("create index a on dossier (b)", "concurrently"),
    ("create index concurrently a on dossier (b)", "concurrently"),
    ("create unique index concurrently if not exists a on dossier (b)", "doubles"),
    ("create index concurrently if not exists a on b (c); create table d (e int)", "alone"),
    ("create or replace function f() returns int language sql as $$ select 1 $$", "not known"),
    ("update dossier set a = b", "not known"),
    ("delete from dossier", "not known"),
    ("drop table dossier", "not known"),
    ("truncate dossier", "not known"),
    ("lock table dossier", "not known"),
    ("do $$ begin execute 'drop table dossier'; end $$", "not known"),
    ("insert into fee values (1)", "reads fee"),
    ("alter table a add b int; alter table c add d int", "one table"),
]


@pytest.mark.parametrize("sql", EXPANDING)
def test_what_the_previous_release_does_not_notice_may_be_added_beside_it(sql):
    assert faults_of(Migration(1, "0001_x", sql)) == []


@pytest.mark.parametrize(("sql", "why"), DISTURBING)
def test_what_would_disturb_the_previous_release_is_refused_with_a_reason(sql, why):
    faults = faults_of(Migration(1, "0001_x", sql))
    assert len(faults) == 1
    assert any(each in faults[0] for each in why.split("|"))


@pytest.mark.parametrize(
    ("name", "sql", "faults"),
    [
        ("0001_x.migrate", "update a set b = c where id in (select id from a limit $1)", 0),
        ("0001_x.migrate", "update a set b = c", 1),
        ("0001_x.migrate", "update a set b = c where x in (select x limit $1); select 1", 1),
        ("0001_x.migrate", "update a set b = (select 1 limit $1 for update skip locked)", 1),
        ("0001_x.contract", "alter table a drop column b; drop function f; drop table c", 0),
        ("0001_x.contract", "alter table a add constraint c check (d is not null) not valid", 0),
        ("0001_x.contract", "alter table a validate constraint c", 0),
        ("0001_x.contract", "alter table a validate constraint c, drop column d", 1),
        ("0001_x.contract", "alter table a alter column b type bigint", 1),
        ("0001_x.contract", "alter table a add constraint c check (d is not null)", 1),
        ("0001_x.contract", "alter table a drop b; drop index concurrently if exists i", 2),
        ("0001_x.contract", "delete from a", 1),
    ],
)  # fmt: skip
def test_rows_are_brought_over_in_batches_and_taking_away_holds_nobody_up(name, sql, faults):
    assert len(faults_of(Migration(1, name, sql))) == faults


def test_a_statement_ends_at_no_semicolon_of_a_text_or_a_body():
    sql = "SELECT ';' -- a;\n, $x$ b; $x$, $$;$$; /* ; */ select \"A;b\""
    assert statements(sql) == ["select ';' , $x$ b; $x$, $$;$$", 'select "A;b"']


def test_a_phase_that_is_none_is_refused(tmp_path):
    (tmp_path / "0001_a.sql").write_text("select 1")
    (tmp_path / "0002_b.contract.sql").write_text("select 1")
    assert [m.phase for m in chain(tmp_path)] == [Phase.EXPAND, Phase.CONTRACT]
    (tmp_path / "0003_c.later.sql").write_text("select 1")
    with pytest.raises(ValueError, match="later"):
        chain(tmp_path)
