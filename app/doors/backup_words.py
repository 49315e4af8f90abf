"""Words about backups for people."""

from tenants.backup.rules import Worry

WORRIES = {
    Worry.NO_SET: "Chưa có bản sao lưu riêng",
    Worry.OLD_SET: "Bản sao lưu gần nhất đã quá một đêm",
    Worry.NO_DRILL: "Chưa khôi phục thử lần nào",
    Worry.OLD_DRILL: "Đã quá 7 ngày chưa khôi phục thử",
    Worry.FAILED_DRILL: "Lần khôi phục thử gần nhất không đạt",
    Worry.LATE_COPY: "Bản sao chưa đến đủ các nơi lưu",
    Worry.LOG_BEHIND: "Nhật ký ghi trước đến chậm quá 10 phút",
    Worry.LOG_LOST: "Mất một đoạn nhật ký ghi trước, đang chờ bản toàn cụm mới",
    Worry.NOT_AWAITED: "Giao dịch chưa được ghi sang ổ đĩa thứ hai như đã đặt",
    Worry.LATE_PUSH: "Bản sao gửi về trung tâm của tỉnh bị chậm",
}
KINDS = {
    "base": "Toàn cụm",
    "wal": "Nhật ký ghi trước",
    "dump": "Riêng đơn vị",
    "cluster": "Từ bản toàn cụm",
}
# What a state is called, and its look.
STATES = {
    "running": ("is-done", "done", "Đang ghi"),
    "whole": ("is-ok", "ok", "Đầy đủ"),
    "failed": ("is-late", "late", "Không thành"),
    "retired": ("is-paused", "paused", "Hết hạn giữ"),
    "shredded": ("is-paused", "paused", "Đã hủy khóa"),
}
TRAILS = {"whole": "Nguyên vẹn", "broken": "Bị đứt", "not_checked": "Chưa kiểm tra"}
