"""What an old system hands over: some sixty dossiers, most of them sound, some dirty on purpose."""

import csv
import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook

from app.coming_in.mapping import Columns, Meanings, Standing
from tests.storage.samples import pdf

HEADINGS = {
    "ho-so": (
        "Số hồ sơ", "Thủ tục", "Đơn vị", "Người nộp", "CMND", "SĐT", "Địa chỉ", "Kênh nộp",
        "Ngày nộp", "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày kết thúc", "Ngày trả", "Trạng thái",
    ),
    "tien-trinh": ("Số hồ sơ", "Thời gian", "Bước", "Đơn vị", "Cán bộ", "Ý kiến"),
    "giay-to": ("Số hồ sơ", "Giấy tờ", "Loại", "Tệp", "Mã băm"),
    "thu-tuc": ("Mã TTHC", "Tên TTHC", "Lĩnh vực", "Ngày bãi bỏ", "Số ngày"),
    "nguoi-dung": ("Tài khoản", "Họ tên", "Đơn vị", "Vai trò"),
}  # fmt: skip
OLD_UNIT = "UBND xã An Hưng, huyện An Lão"
SOUND = 50
DOSSIERS = [
    (
        f"000.{at:02}.23.H08-230{1 + at % 6}10-{at:04}", "Thủ tục cũ" if at % 5 else "1.001193",
        OLD_UNIT, f"Nguyễn Văn Thử {chr(65 + at % 26)}", f"0520850000{at:02}",
        f"0168 500 0{at:03}", f"Thôn {at}, xã An Hưng, huyện An Lão, tỉnh Bình Định", "Trực tiếp",
        f"0{1 + at % 6}/03/2023 08:00", f"0{1 + at % 6}/03/2023 08:15", "20/03/2023",
        "17/03/2023 10:00", "21/03/2023", "Đã trả kết quả",
    )
    for at in range(SOUND)
]  # fmt: skip
OPEN, WAITING, SLASHED = "H08.99-261101-0001", "H08.99-261101-0002", "2023/00000012"
LIVING: list[tuple[str, ...]] = [
    (OPEN, "1.001193", OLD_UNIT, "Trần Thị Mở", "052085000099", "0905000301", "", "Trực tiếp",
     "02/11/2026 08:00", "02/11/2026 08:10", "30/12/2026", "", "", "Đang thẩm định"),
    (WAITING, "1.001193", OLD_UNIT, "Trần Thị Chờ", "", "0563822222", "", "Qua mạng",
     "20/11/2026 08:00", "", "", "", "", "Chờ tiếp nhận"),
    (SLASHED, "Thủ tục cũ", OLD_UNIT, "Lê Văn Số", "", "0563822222", "tổ 1, xã Lạ, huyện Lạ", "",
     "01/02/2015", "01/02/2015", "", "09/02/2015", "09/02/2015", "Đã trả kết quả"),
]  # fmt: skip
_GOOD = LIVING[2][1:]
DIRTY: list[tuple[str, ...]] = [
    ("", *_GOOD),
    (SLASHED, *_GOOD),
    ("DIRTY-0001", "Thủ tục lạ", *_GOOD[1:]),
    ("DIRTY-0002", *_GOOD[:7], "31/02/2015", *_GOOD[8:]),
    ("DIRTY-0003", *_GOOD[:10], "01/01/2014", *_GOOD[11:]),
    ("DIRTY-0004", *_GOOD[:12], "Trạng thái lạ"),
    ("DIRTY-0005", *_GOOD[:2], "12345", *_GOOD[3:]),
    ("DIRTY-0006", *_GOOD[:12], "Đang thẩm định"),
]
STEPS = [
    (DOSSIERS[0][0], "02/03/2023 09:00", "Thẩm định", OLD_UNIT, "Phạm Thị Cũ", "Đủ điều kiện"),
    ("KHONG-CO-0001", "02/03/2023 09:00", "Thẩm định", "", "", ""),
]
PROCEDURES = [("CU-01", "Xác nhận tình trạng cũ", "Hộ tịch", "30/06/2025", "5")]
PEOPLE = [
    ("cu.nguyen", "Nguyễn Thị Cũ", OLD_UNIT, "Một cửa"),
    ("cu.tran", "Trần Văn Cũ", OLD_UNIT, "Hộ tịch"),
    ("sai.ten", "", OLD_UNIT, "Một cửa"),
]


def hand_over(place: Path, dossiers: list[tuple[str, ...]] | None = None) -> Path:
    """The folder an old system exports, with its papers' files."""
    (place / "tep").mkdir(parents=True)
    good = pdf()
    (place / "tep/ket-qua.pdf").write_bytes(good)
    (place / "tep/hong.pdf").write_bytes(b"not a pdf")
    digest, first = hashlib.sha256(good).hexdigest(), DOSSIERS[0][0]
    papers = [
        (first, "Giấy khai sinh", "Kết quả", "ket-qua.pdf", digest),
        (first, "Tờ khai", "Hồ sơ nộp", "", ""),
        (first, "Tờ khai hỏng", "Hồ sơ nộp", "hong.pdf", ""),
        (first, "Tệp khác", "Hồ sơ nộp", "ket-qua.pdf", "0" * 64),
        (first, "Tệp thiếu", "Hồ sơ nộp", "../../etc/passwd", ""),
        ("KHONG-CO-0001", "Lạc", "Hồ sơ nộp", "", ""),
    ]
    sheets: dict[str, list[tuple[str, ...]]] = {
        "ho-so": dossiers or [*DOSSIERS, *LIVING, *DIRTY], "tien-trinh": STEPS,
        "giay-to": papers, "thu-tuc": PROCEDURES, "nguoi-dung": PEOPLE,
    }  # fmt: skip
    for name, rows in sheets.items():
        with (place / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as out:
            csv.writer(out, delimiter=";").writerows([HEADINGS[name], *rows])
    return place


def workbook(file: Path) -> None:
    """Two dossiers as a spreadsheet, its dates and telephones as a spreadsheet keeps them."""
    book = Workbook(str(file), {"default_date_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet("Hồ sơ")
    done, living = list[Any](DOSSIERS[1]), list[Any](LIVING[0])
    done[5] = 905000301
    done[8], done[9] = (datetime(2023, 3, 2, hour) for hour in (8, 9))  # noqa: DTZ001
    for at, row in enumerate(([], list(HEADINGS["ho-so"]), done, living)):
        sheet.write_row(at, 0, row)
    book.close()


def meanings(**other: Any) -> Meanings:
    """The mapping a person would have made of it."""
    named = dict(zip(HEADINGS, ("", "", "", "", ""), strict=True))
    fields = {
        "ho-so": "code procedure agency applicant id_number phone address channel filed received "
                 "due finished delivered status",
        "tien-trinh": "dossier at title agency officer note", "giay-to": "dossier name kind file "
        "sha256", "thu-tuc": "code name field closed_on working_days",
        "nguoi-dung": "username full_name agency post",
    }  # fmt: skip
    said: dict[str, Any] = {
        "source": "mcdt-an-lao", "source_name": "phần mềm một cửa huyện An Lão",
        "code_prefix": "AL",
        "sheets": {
            name: Columns(dict(zip(fields[name].split(), HEADINGS[name], strict=True)))
            for name in named
        },
        "procedures": {"thủ  tục CŨ": "1.001193"},
        "agencies": {OLD_UNIT: "ubnd-xa-an-lao"},
        "statuses": {
            "Đã trả kết quả": Standing(10), "Đang thẩm định": Standing(4, "specialist"),
            "Chờ tiếp nhận": Standing(1),
        },
        "channels": {"Trực tiếp": "counter", "Qua mạng": "online"},
        "kinds": {"Kết quả": "result", "Hồ sơ nộp": "submitted"},
        "posts": {"Một cửa": "tiep-nhan", "Hộ tịch": "tu-phap-ho-tich"},
    }  # fmt: skip
    return Meanings(**(said | other))
