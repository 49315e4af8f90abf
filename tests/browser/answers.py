"""What the citizens of the stories write in their forms. All names and numbers are constructed."""

HOME = "12 đường Lê Lợi, phường Quy Nhơn, tỉnh Gia Lai"
HOUSE = "8 đường Hoàng Liên, phường Lào Cai, tỉnh Lào Cai"

BIRTH_SHEETS = [
    {"nyc_loai_cu_tru": "thuong-tru", "nyc_noi_cu_tru": HOME, "nyc_quan_he": "cha"},
    {
        "truong_hop": "du-cha-me",
        "loai_khai_sinh": "trong-nuoc",
        "ks_ho": "Trần",
        "ks_chu_dem": "An",
        "ks_ten": "Nhiên",
        "ks_ngay_sinh": "2/11/2026",
        "ks_gioi_tinh": "nu",
        "ks_dan_toc": "Kinh",
        "ks_quoc_tich": "Việt Nam",
        "ks_co_so_y_te": "Bệnh viện Đa khoa tỉnh",
        "ks_noi_sinh": "106 Nguyễn Huệ, phường Quy Nhơn, tỉnh Gia Lai",
        "ks_que_quan": HOME,
    },
    {
        "me_ten": "Bùi Thị Ngọc",
        "me_ngay_sinh": "3/9/1990",
        "me_dan_toc": "Kinh",
        "me_quoc_tich": "Việt Nam",
        "me_loai_cu_tru": "thuong-tru",
        "me_noi_cu_tru": HOME,
    },
    {
        "cha_ten": "Trần Văn Hùng",
        "cha_ngay_sinh": "12/4/1985",
        "cha_dan_toc": "Kinh",
        "cha_quoc_tich": "Việt Nam",
        "cha_cung_noi_cu_tru": "co",
    },
    {"cs_so": "0123", "cs_ngay": "5/11/2026", "ban_sao": "khong", "cam_doan": "co"},
]

HOUSE_SHEETS = [
    {"cdt_loai": "ca-nhan", "cdt_dia_chi": HOUSE},
    {
        "loai_cong_trinh": "nha-o-rieng-le",
        "ct_dia_diem": HOUSE,
        "ct_lo_dat": "Thửa 27, tờ bản đồ 14",
        "ct_dien_tich": "120,5",
        "ct_xa": "Phường Lào Cai",
        "ct_tinh": "Tỉnh Lào Cai",
    },
    {"tk_tu_lap": "tu-lap"},
    {
        "no_cap": "iv",
        "no_dien_tich_tang_1": "80",
        "no_tong_dien_tich": "160",
        "no_chieu_cao": "7,5",
        "no_so_tang": "2",
    },
    {"thoi_gian_thang": "8", "cam_ket": "co"},
]
