"""What both plain programs know of the province, and the names of the ten statuses."""

import json
import os

SITE = json.loads(os.environ.get("PLAIN_SITE", "{}"))
STATUSES = {
    1: ("Mới đăng ký", "tag-plain"),
    2: ("Được tiếp nhận", "tag-brand"),
    3: ("Không được tiếp nhận", "is-late"),
    4: ("Đang xử lý", "tag-brand"),
    5: ("Yêu cầu bổ sung giấy tờ", "is-soon"),
    6: ("Yêu cầu thực hiện nghĩa vụ tài chính", "is-soon"),
    7: ("Công dân yêu cầu rút hồ sơ", "is-done"),
    8: ("Dừng xử lý", "is-late"),
    9: ("Đã xử lý xong", "is-ok"),
    10: ("Đã trả kết quả", "is-done"),
}
