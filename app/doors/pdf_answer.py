"""A paper as a PDF to save, for every door."""

from litestar import Response

from app.onestop.slips.pdf import pdf_of
from app.onestop.slips.printing import Print
from storage.names import attachment


async def pdf_answer(shown: Print) -> Response[bytes]:
    """The paper as PDF/A; never cached, for it names people."""
    return Response(
        await pdf_of(shown),
        media_type="application/pdf",
        headers={
            "Content-Disposition": attachment(f"{shown.title}.pdf"),
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, no-store",
        },
    )
