import pytest

from catalogue import load
from ingest.workbook.numbers import NumberGrammar, Quantity, chinese_number

GRAMMAR = NumberGrammar(load().synonyms)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("１２", 12),
        (" 2 ", 2),
        ("7\u3000", 7),
        ("12人", 12),
        ("5 次", 5),
        ("12人次", 12),
        ("12个人", 12),
        ("1,234", 1234),
        ("1，234", 1234),
        ("45,675", 45675),
        ("98。9", 98.9),
        ("７７．０", 77),
        (".5", 0.5),
        ("一", 1),
        ("两", 2),
        ("十", 10),
        ("〇", 0),
        ("○", 0),
        ("廿三", 23),
        ("卅", 30),
        ("一百二十", 120),
        ("一百零五", 105),
        ("三万二千", 32000),
        ("九十八点五", 98.5),
        ("壹佰贰拾", 120),
        ("六人", 6),
        ("半天", 0.5),
        ("一天半", 1.5),
        ("1.5天", 1.5),
        ("-8", -8),
        ("－8", -8),
        ("负五", -5),
    ],
)
def test_exact_numbers(text: str, value: float) -> None:
    assert GRAMMAR.read(text) == Quantity(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("60余", 60),
        ("60余人", 60),
        ("20多", 20),
        ("近60人", 60),
        ("约 20 次", 20),
        ("20以上", 20),
        ("20人以上", 20),
        ("二十余", 20),
        ("十余", 10),
        ("百余人", 100),
        ("三万余人", 30000),
    ],
)
def test_approximations(text: str, value: float) -> None:
    assert GRAMMAR.read(text) == Quantity(value, approximate=True)


@pytest.mark.parametrize(("text", "value"), [("95%", 95), ("９５．５％", 95.5), ("98。9%", 98.9), ("百分之九十五", 95)])
def test_percent(text: str, value: float) -> None:
    assert GRAMMAR.read(text) == Quantity(value, percent=True)


@pytest.mark.parametrize(
    ("text", "value", "approximate"),
    [
        ("2万", 20000, False),
        ("1.5万元", 15000, False),
        ("1.15 万", 11500, False),
        ("两万元", 20000, False),
        ("20余万", 200000, True),
        ("2万余元", 20000, True),
    ],
)
def test_multipliers_are_for_money(text: str, value: float, approximate: bool) -> None:
    assert GRAMMAR.read(text, money=True) == Quantity(value, approximate)


@pytest.mark.parametrize(
    "text",
    [
        "XX",
        "*",
        "若干",
        "待统计",
        "无",
        "同上",
        "几十",
        "十几",
        "数十人",
        "5-6",
        "三五人",
        "二三",
        "12,34",
        "1e5",
        "nan",
        "inf",
        "2万",
        "1.2万人",
        "1_000",
        "12.",
        "",
        "人",
        "万",
        "12吨",
        "0x10",
        "9" * 400,
        "٣",
        "1 月 3 日",
        "¥5",
    ],
)
def test_no_numbers(text: str) -> None:
    assert GRAMMAR.read(text) is None


def test_bare_chinese_digits_are_ambiguous() -> None:
    assert chinese_number("三五") is None
    assert chinese_number("二〇") == 20
