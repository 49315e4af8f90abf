"""Amounts of money in words (bằng chữ), as accounting papers write them. Pure."""

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_BILLION = 1_000_000_000


def in_words(amount: int) -> str:
    """A whole amount of đồng in Vietnamese words: 75000 is "Bảy mươi lăm nghìn đồng"."""
    text = f"{_number(abs(amount))} đồng"
    text = f"âm {text}" if amount < 0 else text
    return text[0].upper() + text[1:]


def _number(value: int) -> str:
    if value == 0:
        return _DIGITS[0]
    return " ".join(_parts(value, leading=True))


def _parts(value: int, *, leading: bool) -> list[str]:
    """The words of `value`; a part that follows a larger one names its empty hundreds too."""
    billions, rest = divmod(value, _BILLION)
    words: list[str] = []
    if billions:
        words += [*_parts(billions, leading=leading), "tỷ"]
    for group, name in _groups(rest):
        if group:
            words += _below_thousand(group, leading=leading and not words)
            words += [name] if name else []
    return words


def _groups(value: int) -> list[tuple[int, str]]:
    return [
        (value // 1_000_000, "triệu"),
        (value // 1_000 % 1_000, "nghìn"),
        (value % 1_000, ""),
    ]


def _below_thousand(value: int, *, leading: bool) -> list[str]:
    hundreds, rest = divmod(value, 100)
    words = [] if leading and not hundreds else [_DIGITS[hundreds], "trăm"]
    tens, ones = divmod(rest, 10)
    if tens == 1:
        words.append("mười")
    elif tens:
        words += [_DIGITS[tens], "mươi"]
    elif ones and words:
        words.append("linh")
    return words + ([_one(tens, ones)] if ones else [])


def _one(tens: int, ones: int) -> str:
    """The last digit changes its sound after tens: mốt, tư, lăm."""
    if tens >= 2 and ones == 1:
        return "mốt"
    if tens >= 2 and ones == 4:
        return "tư"
    if tens >= 1 and ones == 5:
        return "lăm"
    return _DIGITS[ones]
