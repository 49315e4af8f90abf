"""The administrators' door: who works here, holding which posts; where procedures are filed; the
working calendar and its changes; workflows and their versions; how agencies were reorganised;
which systems dossiers are exchanged with; what was used and what the contract says; what
messages say, and how many go out."""

from litestar import Router

from app.doors.admin import (
    attempts,
    calendars,
    messages,
    officers,
    partners,
    procedures,
    reorganisation_plans,
    reorganisations,
    usage,
    wordings,
    workflow_moves,
    workflows,
)
from app.doors.books import refuse_books
from app.doors.sessions import staff_only
from billing.refusals import BooksRefuse

admin_routes = Router(
    "/",
    route_handlers=[
        officers.list_officers,
        officers.open_admission,
        officers.admit,
        officers.show_officer,
        officers.give_post,
        officers.take_post,
        officers.send_substitute,
        officers.reopen,
        officers.end_sessions,
        officers.dismiss,
        procedures.list_procedures,
        procedures.switch,
        reorganisations.list_reorganisations,
        reorganisation_plans.download_example,
        reorganisation_plans.preview_plan,
        reorganisation_plans.approve_plan,
        partners.list_partners,
        partners.add_partner,
        partners.stop_partner,
        partners.resume_partner,
        messages.show_messages,
        attempts.list_to_check,
        attempts.show_message,
        messages.let_go,
        messages.give_up,
        messages.open_limits,
        messages.decide_limits,
        wordings.show_wordings,
        wordings.write_wording,
        wordings.use_wording,
        wordings.retire_wording,
        wordings.judge_wording,
        wordings.set_line,
        calendars.show_calendar,
        calendars.open_form,
        calendars.write_draft,
        calendars.show_draft,
        calendars.approve,
        calendars.discard,
        workflows.list_workflows,
        workflows.open_workflow_form,
        workflows.save_workflow,
        workflows.show_workflow,
        workflows.publish_workflow,
        workflows.retire_workflow,
        workflow_moves.show_moves,
        workflow_moves.move_dossiers,
        usage.show_usage,
        usage.show_month,
        usage.save_usage,
        usage.show_figure,
        usage.accept_month,
    ],
    guards=[staff_only],
    exception_handlers={BooksRefuse: refuse_books},
)
