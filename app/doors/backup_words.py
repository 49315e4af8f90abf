"""Words about backups for people."""

from tenants.backup.rules import Worry

WORRIES = {
    Worry.NO_SET: "Chưa có bản sao lưu riêng",
    Worry.OLD_SET: "Bản sao lưu gần nhất đã quá một đêm",
    Worry.NO_DRILL: "Chưa khôi phục thử lần nào",
    Worry.OLD_DRILL: "Đã quá 7 ngày chưa khôi phục thử",
    Worry.FAILED_DRILL: "Lần khôi phục thử gần nhất không đạt",
    Worry.LATE_COPY: "Bản sao chưa đến đủ các nơi lưu",
    Worry.LOG_BEHIND: "Nhật ký giao dịch đến chậm quá 10 phút",
    Worry.LOG_LOST: "Mất một đoạn nhật ký giao dịch",
    Worry.NOT_AWAITED: "Giao dịch chưa được ghi sang ổ đĩa thứ hai như đã đặt",
    Worry.LATE_PUSH: "Bản sao gửi về trung tâm của tỉnh bị chậm",
    Worry.PLACE_AWAY: "Có nơi lưu hoặc nơi cất khóa không trả lời",
    Worry.MISSING: "Có nơi lưu thiếu bản sao, nhật ký hoặc khóa đã có trước đó",
}
# What whoever is on duty does about it.
TO_DO = {
    Worry.NO_SET: "Chạy lệnh “motcua backup run”, sau đó xem mục Các bản sao lưu gần đây.",
    Worry.OLD_SET: "Kiểm tra tiến trình sao lưu có đang chạy, rồi chạy lệnh “motcua backup run”.",
    Worry.NO_DRILL: (
        "Chờ lần khôi phục thử của đêm nay; cần ngay thì chạy lệnh “motcua backup mark”, vài phút "
        "sau chạy “motcua backup drill”."
    ),
    Worry.OLD_DRILL: "Chạy lệnh “motcua backup drill”.",
    Worry.FAILED_DRILL: (
        "Xem nội dung kỹ thuật ở mục Các lần khôi phục thử. Chạy lệnh “motcua backup verify”, "
        "tạo ngay bản mới bằng “motcua backup run”, rồi khôi phục thử lại bằng "
        "“motcua backup drill”."
    ),
    Worry.LATE_COPY: (
        "Kiểm tra nơi lưu còn kết nối và còn chỗ trống. Chạy lệnh “motcua backup verify” để biết "
        "nơi nào còn thiếu, rồi “motcua backup run” để chép lại."
    ),
    Worry.LOG_BEHIND: (
        "Kiểm tra tiến trình sao lưu, ổ đĩa của tiến trình và đường truyền đến nơi lưu thứ nhất."
    ),
    Worry.LOG_LOST: (
        "Hệ thống tự tạo bản toàn cụm mới; mục này hết đỏ khi có bản đó. Sau một giờ vẫn "
        "còn báo đỏ thì chạy lệnh “motcua backup run”."
    ),
    Worry.NOT_AWAITED: "Khởi động lại tiến trình sao lưu và kiểm tra ổ đĩa thứ hai.",
    Worry.LATE_PUSH: (
        "Báo trung tâm dữ liệu của tỉnh kiểm tra thùng chứa và quyền ghi; nếu nơi nhận đã đổi, "
        "đăng ký lại bằng “motcua backup place”."
    ),
    Worry.PLACE_AWAY: (
        "Kiểm tra kết nối và quyền truy cập của từng nơi lưu và nơi cất khóa; chạy lệnh “motcua "
        "backup verify” để biết nơi nào không trả lời."
    ),
    Worry.MISSING: (
        "Kiểm tra ổ đĩa của nơi lưu đã gắn chưa. Chạy lệnh “motcua backup verify” để biết nơi nào "
        "thiếu, rồi “motcua backup run” để chép lại từ nơi còn."
    ),
}
KINDS = {
    "base": "Toàn cụm",
    "wal": "Nhật ký giao dịch",
    "dump": "Riêng đơn vị",
    "cluster": "Từ bản toàn cụm",
}
# Why a set has failed, where the reason is one of ours and not of a program.
FAILURES = {"interrupted": "Bị ngắt giữa chừng; lần chạy sau tạo bản khác."}
# What a state is called, and its look.
STATES = {
    "running": ("is-done", "done", "Đang ghi"),
    "whole": ("is-ok", "ok", "Đầy đủ"),
    "failed": ("is-late", "late", "Chưa thành công"),
    "retired": ("is-paused", "paused", "Hết hạn giữ"),
    "shredded": ("is-paused", "paused", "Đã hủy khóa"),
}
TRAILS = {"whole": "Nguyên vẹn", "broken": "Có sai lệch", "not_checked": "Chưa kiểm tra"}
# Names of places as the guides propose them; any other is shown as it was given.
PLACES = {"tai-cho": "Tại chỗ", "noi-khac": "Nơi khác"}
