"""The tracking page in FastAPI: SQLAlchemy's async ORM on asyncpg, Jinja2, served by uvicorn."""

import os
from datetime import datetime
from pathlib import Path
from typing import Annotated, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates
from sqlalchemy import URL, ForeignKey, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, column_property, mapped_column
from sqlalchemy.types import DateTime

from tests.bench.plain.site import SITE, STATUSES

app = FastAPI()
templates = Jinja2Templates(Path(__file__).parent / "templates" / "jinja")
engine = create_async_engine(
    URL.create(
        "postgresql+asyncpg",
        username=os.environ["PLAIN_USER"],
        password=os.environ["PLAIN_PASSWORD"],
        database=os.environ["PLAIN_DATABASE"],
        query={"host": os.environ["PLAIN_HOST"]},
    ),
    pool_size=8,
)
make_session = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    """All tables."""

    type_annotation_map: ClassVar = {datetime: DateTime(timezone=True)}


class Progress(Base):
    """One step of a dossier's way."""

    __tablename__ = "progress"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id"))
    at: Mapped[datetime]


class Dossier(Base):
    """A dossier."""

    __tablename__ = "dossier"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    status: Mapped[int]
    due_at: Mapped[datetime | None]
    changed_at: Mapped[datetime | None] = column_property(
        select(func.max(Progress.at)).where(Progress.dossier_id == id).scalar_subquery()
    )


def gio_ngay(moment: datetime) -> str:
    """A moment as the statutory forms write it."""
    there = moment.astimezone(ZoneInfo("Asia/Ho_Chi_Minh"))
    return f"{there:%H} giờ {there:%M} phút, ngày {there.day}/{there.month}/{there.year}"


templates.env.filters["gio_ngay"] = gio_ngay


async def session():
    """One session for each request."""
    async with make_session() as opened:
        yield opened


@app.get("/tra-cuu/{code}", response_class=HTMLResponse)
async def show_tracking(
    request: Request, code: str, database: Annotated[AsyncSession, Depends(session)]
) -> HTMLResponse:
    """The page."""
    dossier = await database.scalar(select(Dossier).where(Dossier.code == code))
    if dossier is None:
        raise HTTPException(404)
    words, kind = STATUSES[dossier.status]
    context = {"site": SITE, "dossier": dossier, "status": words, "status_kind": kind}
    return templates.TemplateResponse(request, "tracking.html", context)
