"""Who plays in a province, and what they write: all people and numbers are constructed."""

from datetime import timedelta

import msgspec

from app.provinces import loader
from infra.clock import VIETNAM, now

_HERE = {
    "binhdinh": ("phường Quy Nhơn, tỉnh Gia Lai", "Kinh", "1.001193", "dang ky khai sinh"),
    "laocai": ("phường Lào Cai, tỉnh Lào Cai", "Tày", "1.013225", "cap giay phep xay dung"),
}


class Person(msgspec.Struct, frozen=True):
    """Somebody who signs in."""

    username: str
    name: str
    phone: str = ""  # E.164
    id_number: str = ""
    address: str = ""


class Cast(msgspec.Struct, frozen=True):
    """Everybody of one province's story, and the procedure the citizen comes for."""

    slug: str
    agency: str
    citizen: Person
    visitor: Person  # who comes to the counter with papers in hand
    counter: Person
    specialist: Person
    leader: Person
    civil_status: Person  # the specialist for births
    procedure: str
    words: str  # as typed into the search box, without marks
    case: str
    slots: tuple[str, str]  # the papers: one sent by a script, one by a plain form
    answers: dict[str, str]


def cast_of(slug: str) -> Cast:
    """The cast of a province that ships with the product."""
    place, people, procedure, words = _HERE[slug]
    citizen, visitor = _citizens(slug)
    birth = procedure == "1.001193"
    return Cast(
        slug=slug,
        agency=next(
            a.name for a in loader.load(slug).agencies if a.key == loader.load(slug).home_agency
        ),
        citizen=citizen,
        visitor=visitor,
        counter=_officer(slug, "tiep-nhan"),
        specialist=_officer(slug, "tu-phap-ho-tich" if birth else "dia-chinh-xay-dung"),
        leader=_officer(slug, "lanh-dao-ubnd"),
        civil_status=_officer(slug, "tu-phap-ho-tich"),
        procedure=procedure,
        words=words,
        case="" if birth else "th-1",
        slots=("giay-chung-sinh", "van-ban-uy-quyen")
        if birth
        else ("ban-ve-thiet-ke", "giay-to-dat-dai"),
        answers=_birth(citizen, place, people) if birth else _house(citizen, place),
    )


def administrator_of(slug: str) -> Person:
    """Who administers the province."""
    return _officer(slug, "quan-tri")


def _citizens(slug: str) -> tuple[Person, Person]:
    first, second, *_ = (
        Person(c.username, c.name, f"+84{c.phone[1:]}", c.id_number, c.address)
        for c in loader.people().citizens
        if c.province == slug
    )
    return first, second


def _officer(slug: str, post: str) -> Person:
    found = next(o for o in loader.load(slug).officers if post in o.posts)
    return Person(found.username, found.name)


def _birth(citizen: Person, place: str, people: str) -> dict[str, str]:
    born = (now().astimezone(VIETNAM) - timedelta(days=9)).strftime("%d/%m/%Y")
    family = citizen.name.split()[0]
    return {
        "nyc_dien_thoai": f"0{citizen.phone[3:]}",
        "nyc_loai_cu_tru": "thuong-tru",
        "nyc_noi_cu_tru": citizen.address,
        "nyc_quan_he": "cha",
        "truong_hop": "du-cha-me",
        "loai_khai_sinh": "trong-nuoc",
        "ks_ho": family,
        "ks_chu_dem": "Bình",
        "ks_ten": "An",
        "ks_ngay_sinh": born,
        "ks_gioi_tinh": "nu",
        "ks_dan_toc": people,
        "ks_quoc_tich": "Việt Nam",
        "ks_noi_sinh": f"Bệnh viện thử, {place}",
        "ks_que_quan": place[:1].upper() + place[1:],
        "me_ten": "Lê Thị Thử",
        "me_ngay_sinh": "1990",
        "me_dan_toc": people,
        "me_quoc_tich": "Việt Nam",
        "me_loai_cu_tru": "thuong-tru",
        "me_noi_cu_tru": citizen.address,
        "cha_ten": citizen.name,
        "cha_ngay_sinh": "1985",
        "cha_dan_toc": people,
        "cha_quoc_tich": "Việt Nam",
        "cha_cung_noi_cu_tru": "co",
        "ban_sao": "khong",
        "cam_doan": "co",
    }


def _house(citizen: Person, place: str) -> dict[str, str]:
    return {
        "cdt_loai": "ca-nhan",
        "cdt_ten": citizen.name,
        "cdt_so_dinh_danh": citizen.id_number,
        "cdt_dia_chi": citizen.address,
        "cdt_dien_thoai": f"0{citizen.phone[3:]}",
        "loai_cong_trinh": "nha-o-rieng-le",
        "ct_dia_diem": citizen.address,
        "ct_lo_dat": "Thửa 12, tờ bản đồ 3",
        "ct_dien_tich": "120,5",
        "ct_xa": place.partition(",")[0].capitalize(),
        "ct_tinh": "Tỉnh Lào Cai",
        "tk_tu_lap": "tu-lap",
        "no_cap": "iv",
        "no_dien_tich_tang_1": "80",
        "no_tong_dien_tich": "160",
        "no_chieu_cao": "7,5",
        "no_so_tang": "2",
        "thoi_gian_thang": "6",
        "cam_ket": "co",
    }
