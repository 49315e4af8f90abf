"""Every shipped record: clean text, sound figures, the papers a clerk would expect."""

import re
from datetime import date
from pathlib import Path

import msgspec
import pytest

from app.onestop.catalog import needs
from app.onestop.catalog.shapes import (
    Basis,
    ChannelKind,
    Level,
    Limit,
    Procedure,
    Step,
    Unit,
)
from app.onestop.catalog.source import FILE, shipped
from app.onestop.catalog.validity import faults, in_force, public_on
from app.onestop.forms.source import shipped as forms
from app.provinces import loader

BY_CODE = {procedure.code: procedure for procedure in shipped()}
BIRTH, BUILDING = BY_CODE["1.001193"], BY_CODE["1.013225"]
ONLINE, DIRECT = ChannelKind.ONLINE, ChannelKind.DIRECT
TODAY = date(2026, 11, 22)


def everything_read_by_people(procedure: Procedure) -> list[str]:
    texts = [procedure.name, procedure.short_name, procedure.field, procedure.agency]
    texts += [*procedure.steps, *(result.name for result in procedure.results)]
    for case in procedure.cases:
        texts += [case.name or "", *case.notes]
        for paper in case.papers:
            texts += [paper.name, paper.short, *paper.details]
    for channel in procedure.channels:
        texts += [channel.note]
        for fee in channel.fees:
            texts += [fee.text, fee.note]
    return [text for text in texts if text]


def test_the_whole_catalogue_is_there_and_sound() -> None:
    assert len(shipped()) == 115
    assert [fault for procedure in shipped() for fault in faults(procedure)] == []


@pytest.mark.parametrize("procedure", shipped(), ids=lambda procedure: procedure.code)
def test_no_stray_bullet_break_or_doubled_space_is_left(procedure: Procedure) -> None:
    for text in everything_read_by_people(procedure):
        assert not re.match(r"[-–—*+•.;,:]", text), text
        assert not re.search(r"[\n\t\u00a0\u200b]|  ", text), text
        assert text == text.strip()


@pytest.mark.parametrize("procedure", shipped(), ids=lambda procedure: procedure.code)
def test_every_record_points_at_a_form_a_department_and_where_it_was_read(
    procedure: Procedure,
) -> None:
    assert procedure.form in forms()
    for slug in loader.slugs():
        assert procedure.department in {agency.key for agency in loader.load(slug).agencies}
    assert procedure.provenance.confidence in {"source", "memory"}
    assert procedure.provenance.url or procedure.provenance.note


@pytest.mark.parametrize("slug", loader.slugs())
def test_every_named_post_of_a_step_exists_in_the_province(slug: str) -> None:
    posts = {post.key: post.kind.value for post in loader.load(slug).posts}
    for procedure in shipped():
        for step in procedure.flow:
            assert step.held_by is None or posts[step.held_by] == step.post.value


def test_papers_carry_neither_their_old_numbering_nor_a_neighbours_copies() -> None:
    for procedure in shipped():
        for case in procedure.cases:
            for paper in case.papers:
                assert not re.match(r"\([ivx\d]+\)", paper.name), paper.name
                assert not re.search(r"\d bản chính,? ?\d? ?(bản sao)?[A-ZĐ]", paper.name), (
                    paper.name
                )


def test_no_two_procedures_share_a_code_and_sms_names_tell_them_apart() -> None:
    assert len(BY_CODE) == len(shipped())
    names = [procedure.sms_name for procedure in shipped()]
    assert [name for name in set(names) if names.count(name) > 1] == []


def test_district_procedures_ended_with_the_districts() -> None:
    ended = [procedure for procedure in shipped() if Level.DISTRICT in procedure.levels]
    assert {procedure.code for procedure in ended} == {"1.002494", "1.004831", "1.005099"}
    for procedure in ended:
        assert in_force(procedure, date(2025, 6, 30))
        assert not in_force(procedure, date(2025, 7, 1))


def test_citizens_do_not_see_what_agencies_settle_among_themselves() -> None:
    hidden = {p.code for p in shipped() if in_force(p, TODAY) and not public_on(p, TODAY)}
    assert hidden == {"5.003909"}


def test_a_birth_is_registered_the_same_day() -> None:
    limit = needs.limit_for(BIRTH, ONLINE, None)
    assert limit == Limit(1, Unit.SAME_DAY, Basis.STEPS)
    assert needs.limit_words(limit).startswith("Trong ngày làm việc")


def test_a_house_has_fifteen_days_and_other_buildings_twenty() -> None:
    house = needs.choosable_cases(BUILDING)[0]
    other = needs.choosable_cases(BUILDING)[1]
    assert house.name is not None
    assert "nhà ở riêng lẻ" in house.name
    limits = [needs.limit_for(BUILDING, ONLINE, case.id) for case in (house, other)]
    assert [needs.limit_words(limit) for limit in limits] == ["15 ngày", "20 ngày"]


def test_a_birth_filed_online_needs_one_upload_and_our_form_makes_the_declaration() -> None:
    required = [p.id for p in needs.papers_to_upload(BIRTH, ONLINE, None) if p.required]
    assert required == ["giay-chung-sinh"]
    made = [p.id for p in needs.papers_for(BIRTH, ONLINE, None) if p.made_by_form]
    assert made == ["mau-dien-tu"]


def test_a_birth_filed_at_the_counter_needs_the_paper_declaration() -> None:
    required = {p.id for p in needs.papers_for(BIRTH, DIRECT, None) if p.required}
    assert required == {"to-khai", "giay-chung-sinh"}


def test_identity_papers_are_shown_and_never_asked_as_a_file() -> None:
    shown = {p.id for p in needs.papers_for(BIRTH, DIRECT, None) if p.shown_only}
    assert shown == {"giay-to-tuy-than", "giay-to-cu-tru"}
    assert not shown & {p.id for p in needs.papers_to_upload(BIRTH, DIRECT, None)}


def test_a_house_needs_the_land_paper_and_the_drawings() -> None:
    house = needs.choosable_cases(BUILDING)[0]
    papers = needs.papers_to_upload(BUILDING, ONLINE, house.id)
    assert [paper.id for paper in papers] == ["giay-to-dat-dai", "ban-ve-thiet-ke"]
    assert all(paper.required for paper in papers)
    assert len(papers[0].details) > 5


def test_an_unknown_case_asks_only_for_what_everyone_hands_in() -> None:
    assert needs.papers_for(BUILDING, ONLINE, "no-such-case") == []


def test_a_closed_channel_has_neither_time_nor_fee() -> None:
    offline = BY_CODE["1.000593"]
    assert needs.channel_of(offline, ONLINE) is None
    assert needs.limit_for(offline, ONLINE, None) is None
    assert needs.fees_for(offline, ONLINE) == []
    assert not offline.online


def test_a_limit_nobody_published_is_said_to_be_the_offices_to_tell() -> None:
    assert needs.limit_words(None) == "Theo thông báo của cơ quan giải quyết"


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (Limit(3, Unit.WORKING_DAYS), "03 ngày làm việc"),
        (Limit(12, Unit.DAYS), "12 ngày"),
        (Limit(8, Unit.WORKING_HOURS), "08 giờ làm việc"),
        (Limit(2, Unit.MONTHS), "02 tháng"),
        (Limit(24, Unit.HOURS), "24 giờ"),
    ],
)
def test_limits_read_as_people_say_them(limit: Limit, words: str) -> None:
    assert needs.limit_words(limit) == words


def test_fees_are_written_the_vietnamese_way() -> None:
    for procedure in shipped():
        for channel in procedure.channels:
            for fee in channel.fees:
                assert not re.search(r"\d,\d{3}|VNĐ|Việt Nam Đồng|FEE", fee.text), fee.text


def broken(**what: object) -> Procedure:
    return msgspec.structs.replace(BIRTH, **what)


@pytest.mark.parametrize(
    ("procedure", "fault"),
    [
        (broken(code="1.193"), "the code has not the shape d.dddddd"),
        (broken(name="- Đăng ký"), "the name is empty, shouted or starts with a bullet"),
        (broken(name="ĐĂNG KÝ KHAI SINH"), "the name is empty, shouted or starts with a bullet"),
        (broken(sms_name="Đăng ký"), "the SMS name has marks or does not fit"),
        (broken(levels=[]), "nobody settles it"),
        (broken(levels=[Level.DISTRICT]), "a district procedure must have ended"),
        (broken(flow=BIRTH.flow[:3]), "the steps do not share out the whole time"),
        (broken(flow=[Step("a", "A", BIRTH.flow[0].post, 50)] * 2), "two steps share an id"),
        (broken(cases=[BIRTH.cases[0]] * 2), "two cases share an id"),
    ],
)
def test_the_validator_names_what_is_wrong(procedure: Procedure, fault: str) -> None:
    assert faults(procedure) == [fault]


def test_a_paper_asked_for_in_no_copies_is_refused() -> None:
    case = BIRTH.cases[0]
    paper = msgspec.structs.replace(case.papers[0], originals=0, copies=0)
    procedure = broken(cases=[msgspec.structs.replace(case, papers=[paper])])
    assert faults(procedure) == [f"paper {paper.id} is asked for in no copies"]


def test_a_time_limit_of_nothing_is_refused() -> None:
    channel = msgspec.structs.replace(BIRTH.channels[0], limit=Limit(0, Unit.DAYS))
    assert faults(broken(channels=[channel])) == ["a time limit is not positive"]


def test_an_unknown_key_in_the_data_is_refused() -> None:
    text = Path(FILE).read_bytes().replace(b'"short_name"', b'"short"', 1)
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=list[Procedure])
