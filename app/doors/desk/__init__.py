"""The officers' door: reception desk, inbox, dossiers, the counter."""

from litestar import Router

from app.doors.desk import (
    acts,
    bulk,
    counter,
    dossiers,
    exchange,
    messages,
    queues,
    registers,
    results,
    slips,
    statistics,
)
from app.doors.sessions import staff_only

desk_routes = Router(
    "/",
    route_handlers=[
        queues.show_desk,
        queues.show_inbox,
        counter.open_counter,
        counter.take_in,
        dossiers.show_dossier,
        *acts.HANDLERS,
        bulk.choose_many,
        bulk.order_many,
        bulk.watch_order,
        results.attach,
        results.drop_result,
        results.send_again,
        messages.list_troubles,
        messages.resend,
        slips.print_receipt,
        slips.show_slip,
        slips.slip_pdf,
        slips.print_again,
        slips.replace_receipt,
        slips.show_control_sheet,
        slips.control_sheet_pdf,
        registers.show_register,
        registers.print_register,
        registers.register_pdf,
        exchange.show_exchange,
        exchange.try_again,
        exchange.drop,
        statistics.show_statistics,
        statistics.download_statistics,
    ],
    guards=[staff_only],
)
