"""Days and months in words as official papers write them (Decree 30/2020/NĐ-CP, Appendix I). Pure.

Days below ten and the months January and February take a leading nought, so that nobody adds a
digit to them later. With strokes both are written in two digits, dd/mm/yyyy, as they are typed.
"""

from datetime import date


def day_in_words(day: date) -> str:
    """ngày 05 tháng 02 năm 2026."""
    return f"ngày {day.day:02} {month_in_words(day)}"


def month_in_words(day: date) -> str:
    """tháng 02 năm 2026; tháng 3 năm 2026."""
    month = f"{day.month:02}" if day.month <= 2 else str(day.month)
    return f"tháng {month} năm {day.year}"
