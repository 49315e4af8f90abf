"""What a plain form sent."""

from litestar.datastructures import UploadFile

from app.doors.asked import Asked


async def texts(request: Asked) -> dict[str, str]:
    """The form's texts by name, the last one of each; files are left out."""
    form = await request.form()
    return {name: text for name, text in form.multi_items() if not isinstance(text, UploadFile)}
