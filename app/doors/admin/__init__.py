"""The administrators' door: who works here, holding which posts; where procedures are filed."""

from litestar import Router

from app.doors.admin import officers, procedures
from app.doors.sessions import staff_only

admin_routes = Router(
    "/",
    route_handlers=[
        officers.list_officers,
        officers.open_admission,
        officers.admit,
        officers.show_officer,
        officers.give_post,
        officers.take_post,
        officers.dismiss,
        procedures.list_procedures,
        procedures.switch,
    ],
    guards=[staff_only],
)
