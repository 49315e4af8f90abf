"""Who acts where there is no database: officers of one agency, its citizen, and strangers."""

from uuid import UUID, uuid4

from app.onestop.catalog.shapes import PostKind
from app.onestop.deadlines.calendar import Calendar, Document, from_document
from app.onestop.workflows.tree import Node, Sequence, Step
from app.people.shapes import Actor, HeldPost
from tests.onestop.dossiers.model import Model

AGENCY, ELSEWHERE, NEARER = uuid4(), uuid4(), uuid4()
POSTS = {kind: uuid4() for kind in ("reception", "specialist", "leader", "administrator")}
OFFICE: Calendar = from_document(
    Document(weekdays=[1, 2, 3, 4, 5], periods=[("07:30", "11:30"), ("13:30", "17:00")]),
    version=1,
    decision="Quyết định thử",
)
FLOW = Sequence(
    (
        Step("tiep-nhan", "Tiếp nhận", PostKind.RECEPTION, 10),
        Step("thu-ly", "Thụ lý", PostKind.SPECIALIST, 60),
        Step("phe-duyet", "Phê duyệt", PostKind.LEADER, 20),
        Step("tra-ket-qua", "Trả kết quả", PostKind.RECEPTION, 10),
    )
)


def officer(*kinds: str, agency: UUID = AGENCY, post_id: UUID | None = None) -> Actor:
    """An officer who holds the agency's posts of those kinds."""
    posts = tuple(
        HeldPost(post_id or POSTS[kind], kind, kind, agency, "Cơ quan")  # type: ignore[arg-type]
        for kind in kinds
    )
    return Actor(kind="officer", name="Cán bộ", id=uuid4(), posts=posts)


HUNG = Actor(kind="citizen", name="Trần Văn Hùng", id=uuid4())
VISITOR = Actor(kind="visitor", name="Khách")
LAN, HOA, MINH = officer("reception"), officer("specialist"), officer("leader")
THU = officer("administrator")
OUTSIDER = officer("reception", "specialist", "leader", agency=ELSEWHERE, post_id=uuid4())
# At the desk of an agency that does not settle it, nearer to where its citizen lives.
NGA = officer("reception", agency=NEARER, post_id=uuid4())
EVERYBODY = [LAN, HOA, MINH, THU, OUTSIDER, NGA, HUNG, VISITOR]


def model(tree: Node = FLOW, desk: UUID | None = None) -> Model:
    """A dossier that does not exist yet; `desk`: where it will be handed in, if elsewhere."""
    assert HUNG.id is not None
    return Model(tree, AGENCY, POSTS, OFFICE, HUNG.id, desk_agency_id=desk)
