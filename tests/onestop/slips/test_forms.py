"""The print templates: sound as shipped, refused with place and reason when not, chosen by day."""

from datetime import date

import msgspec
import pytest

from app.onestop.slips import source
from app.onestop.slips.checking import faults, overlapping
from app.onestop.slips.documents import Document, Paragraph
from app.onestop.slips.filling import values_of
from app.onestop.slips.known import TABLES, WORDS
from app.onestop.slips.layout import fill, lay_out
from app.onestop.slips.reasons import all_reasons, reason_named, reasons
from tests.onestop.slips.made import EVENING, VERSION, slip

ISSUED = ["01", "02", "03", "04", "05"]
ALL = [*ISSUED, "06", "07"]


def _with(like="02", /, **changes) -> Document:
    built = msgspec.to_builtins(source.document(like, VERSION))
    return msgspec.convert({**built, **changes}, Document)


def _told(document: Document) -> list[str]:
    return [str(fault) for fault in faults(document)]


@pytest.mark.parametrize("form", ALL)
def test_every_form_ships_sound_and_names_its_circular(form):
    document = source.document(form, VERSION)
    assert faults(document) == []
    assert document.basis.endswith(f"mẫu số {form}")
    assert "03/2025/TT-VPCP" in document.basis


@pytest.mark.parametrize("form", ISSUED)
def test_every_known_word_has_its_content(form):
    values = values_of(slip(form), source.document(form, VERSION))
    assert set(values.words) == WORDS[form]
    assert set(values.tables) == set(TABLES[form])
    for name, rows in values.tables.items():
        assert set(rows[0]) == TABLES[form][name]


def test_an_unknown_word_is_refused_with_its_place():
    for block, place in (
        ({"kind": "head", "bodies": ["{agency}", "{adress}"]}, "blocks[0].bodies[1]"),
        ({"kind": "title", "lines": ["{adress}"]}, "blocks[0].lines[0]"),
        ({"kind": "title", "lines": [], "below": [{"value": "{adress}"}]},
         "blocks[0].below[0].value"),
        ({"kind": "fields", "rows": [[{"label": "x"}], [{"label": "{adress|upper}"}]]},
         "blocks[0].rows[1][0].label"),
        ({"kind": "paragraph", "text": "{adress}"}, "blocks[0].text"),
        ({"kind": "paragraph", "text": "x", "only_if": "adress"}, "blocks[0].only_if"),
        ({"kind": "table", "rows": "items",
          "columns": [{"title": "x", "value": "{adress}", "width": 1}]},
         "blocks[0].columns[0].value"),
        ({"kind": "signatures", "of": [{"title": "x", "name": "{adress}"}]},
         "blocks[0].of[0].name"),
    ):  # fmt: skip
        assert _told(_with(blocks=[block])) == [f'{place}: unknown word "adress"']


def test_a_word_of_another_form_is_unknown_to_this_one():
    block = {"kind": "paragraph", "text": "{new_due_at}"}
    assert faults(_with("04", blocks=[block])) == []
    assert _told(_with("02", blocks=[block])) == ['blocks[0].text: unknown word "new_due_at"']


def test_what_cannot_be_printed_is_refused():
    text = {"kind": "paragraph", "text": "x"}
    table = {"kind": "table", "rows": "papers", "columns": []}
    narrow = {"title": "x", "value": "{n}", "width": 0}
    for changes, told in (
        ({"form": "99"}, 'form: there is no form "99"'),
        ({"blocks": []}, "blocks: there is nothing to print"),
        ({"copies": []}, "copies: there is no copy to print"),
        ({"number": "HDHS"}, "number: does not say where {number} stands"),
        ({"valid_to": "2025-01-01"}, "valid_to: lies before valid_from"),
        ({"blocks": [{**text, "text": "{code"}]},
         "blocks[0].text: a brace that belongs to no placeholder"),
        ({"blocks": [{**text, "text": "{Code}"}]},
         "blocks[0].text: a brace that belongs to no placeholder"),
        ({"blocks": [table]}, 'blocks[0].rows: form 02 has no table "papers"'),
        ({"blocks": [{**table, "rows": "items", "columns": [narrow]}]},
         "blocks[0].columns[0].width: must be more than nought"),
    ):  # fmt: skip
        assert told in _told(_with(**changes)), changes


def test_a_key_nobody_knows_is_refused():
    with pytest.raises(msgspec.ValidationError, match="colour"):
        _with(blocks=[{"kind": "paragraph", "text": "x", "colour": "red"}])


def test_two_versions_of_a_form_never_hold_on_the_same_day():
    old = _with(valid_from="2020-01-01", valid_to="2025-09-14", version="TT01-2018.1")
    new = source.document("02", VERSION)
    assert overlapping([old, new]) == ""
    assert "in force together" in overlapping([_with(version="other"), new])
    assert overlapping([source.document("01", VERSION), new]) == ""


def test_the_day_of_issue_chooses_the_version(monkeypatch):
    old = _with(valid_from="2020-01-01", valid_to="2025-09-14", version="TT01-2018.1")
    monkeypatch.setattr(source, "shipped", lambda: {("02", "a"): old} | _SHIPPED)
    assert source.in_force("02", date(2025, 9, 14)).version == "TT01-2018.1"
    assert source.in_force("02", date(2025, 9, 15)).version == VERSION
    with pytest.raises(LookupError):
        source.in_force("02", date(2019, 12, 31))


_SHIPPED = source.shipped()


def test_placeholders_without_content_leave_nothing_behind():
    words = {"a": "Một", "b": ""}
    assert fill("{a}.", words) == "Một."
    assert fill("{b}.", words) == ""
    assert fill("{a} {b}", words) == "Một"
    assert fill("{b}\n{a|upper}", words) == "MỘT"
    assert fill("Không có chỗ điền.", words) == "Không có chỗ điền."


def test_what_a_person_typed_is_never_taken_for_a_placeholder():
    typed = slip("03", detail="{officer} và {code|upper} {không có}")
    blocks = lay_out(
        source.document("03", VERSION), values_of(typed, source.document("03", VERSION)), ""
    )
    assert "{officer} và {code|upper} {không có}" in str(blocks)


def test_optional_lines_go_and_sentences_end_once():
    document = _with(
        blocks=[
            {"kind": "fields", "rows": [
                [{"label": "Một", "value": "{note}.", "optional": True}],
                [{"label": "Hai", "value": "{reply_by}."}],
            ]},
            {"kind": "paragraph", "text": "x", "only_if": "note"},
        ]
    )  # fmt: skip
    empty = slip("02", note="", reply_by=None)
    (fields,) = lay_out(document, values_of(empty, document), "")
    assert [[line.label, line.value] for row in fields.rows for line in row] == [["Hai", ""]]
    said = slip("02", note="Đã nói rồi.")
    fields, paragraph = lay_out(document, values_of(said, document), "")
    assert fields.rows[0][0].value == "Đã nói rồi."
    assert isinstance(paragraph, Paragraph)


def test_reasons_are_dated_and_have_words_and_an_article():
    today = EVENING.date()
    for form in ("02", "03"):
        codes = [reason.code for reason in reasons(form, today)]
        assert len(codes) == len(set(codes)) >= 5
    assert all(reason.words and "118/2025/NĐ-CP" in reason.article for reason in all_reasons())
    assert reason_named("02", "missing", today) is not None
    assert reason_named("03", "missing", today) is None
    assert reason_named("02", "missing", date(2025, 6, 30)) is None
