"""Piccolo's map of the tables of agencies, posts and people; migrations own their shape."""

from piccolo.columns import JSONB, UUID, Date, Text, Timestamptz
from piccolo.table import Table

from tenants.db import TENANT_DB


class Agency(Table, tablename="agency", db=TENANT_DB):
    """An agency (cơ quan) in an effective-dated tree."""

    id = UUID(primary_key=True)
    key = Text(unique=True)
    name = Text()
    sms_name = Text()
    kind = Text()
    parent_id = UUID(null=True)
    unit_code = Text(null=True)
    code_prefix = Text()
    code_form = JSONB(null=True)
    address = Text()
    valid_from = Date()
    valid_to = Date(null=True)
    formed_from = JSONB()


class Post(Table, tablename="post", db=TENANT_DB):
    """A post (chức danh) of an agency; procedure steps bind to posts."""

    id = UUID(primary_key=True)
    agency_id = UUID()
    key = Text()
    kind = Text()
    title = Text()
    valid_from = Date(null=True)
    valid_to = Date(null=True)


class Officer(Table, tablename="officer", db=TENANT_DB):
    """An admitted officer (cán bộ); issuer and subject are known after the first sign-in."""

    id = UUID(primary_key=True)
    username = Text(unique=True)
    full_name = Text()
    email = Text(null=True)
    issuer = Text(null=True)
    subject = Text(null=True)
    admitted_at = Timestamptz()
    entered_at = Timestamptz(null=True)  # the last sign-in, or reopened
    dismissed_at = Timestamptz(null=True)


class PostHolding(Table, tablename="post_holding", db=TENANT_DB):
    """An officer holding a post from one day to another, both inclusive."""

    id = UUID(primary_key=True)
    post_id = UUID()
    officer_id = UUID()
    from_on = Date()
    to_on = Date(null=True)
    instead_of = UUID(null=True, default=None)
    decision = Text(null=True, default=None)


class Citizen(Table, tablename="citizen", db=TENANT_DB):
    """A person (người nộp) as the citizens' issuer described them at sign-in."""

    id = UUID(primary_key=True)
    issuer = Text()
    subject = Text()
    full_name = Text()
    id_number = Text(null=True)
    phone = Text(null=True)
    email = Text(null=True)
    birth_on = Date(null=True)
    first_seen_at = Timestamptz()
    last_seen_at = Timestamptz()
