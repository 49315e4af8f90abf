"""Piccolo's map of drafts, dossiers and their progress; migrations own the tables' shape."""

from piccolo.columns import JSONB, UUID, Boolean, Date, Integer, SmallInt, Text, Timestamptz
from piccolo.table import Table

from tenants.db import TENANT_DB


class Draft(Table, tablename="draft", db=TENANT_DB):
    """A declaration being written (bản nháp); `dossier_id` is set once, when it is submitted."""

    id = UUID(primary_key=True)
    citizen_id = UUID()
    procedure_id = UUID()
    agency_id = UUID()
    case_id = Text(null=True, default=None)
    wanted_way = Text()
    answers = JSONB()
    created_at = Timestamptz()
    saved_at = Timestamptz()
    dossier_id = UUID(null=True, default=None)


class Dossier(Table, tablename="dossier", db=TENANT_DB):
    """A dossier (hồ sơ). `run` is how far it is in its workflow; whose turn it is, tasks say.

    `desk_agency_id`: whose desk took it in for the competent agency; None: that agency itself.
    """

    id = UUID(primary_key=True)
    code = Text()
    procedure_id = UUID()
    agency_id = UUID()
    desk_agency_id = UUID(null=True, default=None)
    channel = Text()
    case_id = Text(null=True, default=None)
    status = SmallInt()
    run = JSONB(default="{}")
    requests = SmallInt(default=0)
    extensions = SmallInt(default=0)
    back_to = SmallInt(null=True, default=None)
    pause = Text(null=True, default=None)
    finance = Text(default="none")
    pay_by = Date(null=True, default=None)
    delivery = Text(default="none")
    recall_task = UUID(null=True, default=None)
    workflow_id = UUID(null=True, default=None)
    version = Integer(default=1)
    citizen_id = UUID(null=True, default=None)
    applicant_name = Text()
    applicant = JSONB()
    phone = Text(null=True, default=None)
    answers = JSONB()
    summary = Text()
    intake_key = UUID(null=True, default=None)
    wanted_way = Text()
    delivered_way = Text(null=True, default=None)
    result_on_paper = Boolean(default=False)
    filed_at = Timestamptz()
    received_at = Timestamptz(null=True, default=None)
    competent_received_at = Timestamptz(null=True, default=None)
    due_at = Timestamptz(null=True, default=None)
    limit_minutes = Integer(null=True, default=None)
    finished_at = Timestamptz(null=True, default=None)
    delivered_at = Timestamptz(null=True, default=None)


class Task(Table, tablename="task", db=TENANT_DB):
    """Work that waits for somebody (việc), or did: a step, an opinion, something awaited."""

    id = UUID(primary_key=True)
    dossier_id = UUID()
    node = Text()
    kind = Text()
    name = Text()
    agency_id = UUID()
    post_id = UUID(null=True, default=None)
    officer_id = UUID(null=True, default=None)
    state = Text()
    opened_at = Timestamptz()
    due_at = Timestamptz(null=True, default=None)
    closed_at = Timestamptz(null=True, default=None)
    closed_by = UUID(null=True, default=None)
    awaits = Text(null=True, default=None)
    question = Text(null=True, default=None)
    answer = Text(null=True, default=None)


class Progress(Table, tablename="progress", db=TENANT_DB):
    """One change of status or step as the citizen sees it (tiến trình); rows are only added."""

    id = UUID(primary_key=True)
    dossier_id = UUID()
    status = SmallInt()
    act = Text()
    step = Text(null=True, default=None)
    title = Text()
    agency_name = Text()
    officer_id = UUID(null=True, default=None)
    note = Text(null=True, default=None)
    at = Timestamptz()


class LinkedWork(Table, tablename="linked_work", db=TENANT_DB):
    """A visit to another agency's part of the workflow (liên thông); its id has its own clock."""

    id = UUID(primary_key=True)
    dossier_id = UUID()
    node = Text()
    agency_id = UUID(null=True, default=None)
    partner_id = UUID(null=True, default=None)
    entered_at = Timestamptz()
    left_at = Timestamptz(null=True, default=None)
