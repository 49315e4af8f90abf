"""The citizens' door: catalogue, filing, what follows, tracking, rating."""

from litestar import Router

from app.doors.portal import (
    catalogue,
    deadline,
    draft_papers,
    filing,
    mine,
    rating,
    readers,
    slips,
    supplementing,
    tracking,
    wishes,
    withdrawing,
)

portal_routes = Router(
    "/",
    route_handlers=[
        catalogue.home,
        catalogue.list_procedures,
        catalogue.show_procedure,
        filing.begin,
        filing.start,
        filing.show_form,
        filing.save_form,
        draft_papers.show_papers,
        draft_papers.take_papers,
        filing.look_over,
        filing.send,
        filing.discard,
        mine.show_sent,
        mine.list_mine,
        wishes.show_wishes,
        wishes.choose_ways,
        slips.my_slip,
        supplementing.show_wanted,
        supplementing.take_wanted,
        withdrawing.ask_to_withdraw,
        withdrawing.withdraw,
        deadline.show_deadline,
        deadline.read_deadline,
        readers.show_readers,
        tracking.ask_for_code,
        tracking.show_tracking,
        tracking.show_details,
        rating.show_rating,
        rating.take_rating,
    ],
)
