"""Rating the service by the link of the message."""

from litestar import Response, get, post
from litestar.params import FromPath

from app.doors.asked import Asked
from app.doors.render import page
from app.doors.sent import texts
from app.onestop.ratings.queries import RatingPage, rating_page
from app.onestop.ratings.refusals import AlreadyRated
from app.onestop.ratings.rules import Score
from app.onestop.ratings.service import rate
from app.refusals import Malformed, NotFound


class LinkUnknown(NotFound):
    """A rating link that is not ours, or of a dossier not delivered."""

    message = "Đường dẫn đánh giá không đúng. Vui lòng mở lại đường dẫn trong tin nhắn."


@get("/danh-gia/{token:str}", opt={"public": True})
async def show_rating(token: FromPath[str]) -> Response[bytes]:
    """Three buttons, or thanks when it was rated."""
    return _page(await _found(token), {}, {})


@post("/danh-gia/{token:str}", opt={"public": True}, status_code=200)
async def take_rating(request: Asked, token: FromPath[str]) -> Response[bytes]:
    """Keep the rating, once."""
    sent = await texts(request)
    score = sent.get("score", "")
    try:
        await rate(token, int(score) if score in {"1", "2", "3"} else 0, sent.get("comment"))
    except Malformed as fault:
        return _page(await _found(token), fault.fields, sent, status=422)
    except AlreadyRated:
        pass
    return _page(await _found(token), {}, {})


async def _found(token: str) -> RatingPage:
    found = await rating_page(token)
    if found is None:
        raise LinkUnknown
    return found


def _page(
    found: RatingPage, errors: dict[str, str], sent: dict[str, str], *, status: int = 200
) -> Response[bytes]:
    return page(
        "portal/rating.html",
        status=status,
        rating=found,
        errors=errors,
        score=sent.get("score", ""),
        comment=sent.get("comment", ""),
        choices=[(str(score.value), score.title) for score in sorted(Score, reverse=True)],
        thanks_for=Score(found.score).title if found.score else "",
    )
