"""A clerk's habits: drawn once, kept month after month. A tidy clerk has none."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from catalogue import Catalogue
from taizhang.simulation.chance import chance

KINDS = {  # habit: how likely a messy clerk has it
    "titles": 0.5,  # title rows above the header
    "band": 0.25,  # a merged band of headings above the header row
    "header": 0.4,  # blanks, line breaks and wide brackets inside labels
    "order": 0.35,  # columns and sheets in an order of her own
    "running": 0.3,  # a running number as first column
    "remark": 0.3,  # a column 备注 of her own (rule F07)
    "total": 0.4,  # a total row below the data
    "numbers": 0.6,  # full width, text, units, Chinese numerals in number cells
    "dates": 0.55,  # dates as text in her style
    "serial": 0.15,  # dates as bare Excel serial numbers
    "rates": 0.4,  # percentages as text
    "flags": 0.4,  # 有/无, √/×, Y/N
    "synonyms": 0.4,  # everyday words for the choices
    "hidden": 0.2,  # hidden rows (they count)
    "gaps": 0.3,  # blank rows between and below the data
    "sheetname": 0.25,  # blanks in sheet names
    "merged": 0.35,  # merged group column
    "cover": 0.35,  # titles, colons, pairs side by side on cover and profile
    "formula": 0.3,  # sums as formulas, with stored values
    "blanks": 0.35,  # / or — in empty cells
    "absent": 0.3,  # empty event sheets left out
    "codes": 0.25,  # codes as numbers, in full width, with blanks
    "approx": 0.25,  # 60余 (rule C06)
    "spare": 0.35,  # empty sheets Sheet2, Sheet3
    "epoch": 0.04,  # dates in the 1904 system
    "ods": 0.05,  # saves as OpenDocument
}
DATE_STYLES = ("year_month_day", "padded", "dotted", "slashed", "dashed", "wide", "yearless", "numerals", "iso")
NUMBER_STYLES = ("text", "wide", "unit", "spaced", "numerals", "comma", "ten_thousands")
FILE_STYLES = ("official", "digits", "report", "person", "final", "attachment", "dotted")


@dataclass(frozen=True)
class Habits:
    """What one clerk does to every workbook."""

    kinds: frozenset[str]
    date_styles: tuple[str, ...]
    number_styles: tuple[str, ...]
    flag_words: tuple[str, str]
    blank_mark: str
    file_style: str
    zeal: float  # share of cells her habits reach

    def has(self, kind: str) -> bool:
        """True when the clerk has the habit."""
        return kind in self.kinds


def acquire_habits(rng: Random, messy_rate: float, catalogue: Catalogue) -> Habits:
    """The habits of a clerk; with probability `messy_rate` she is a messy one, with at least three."""
    messy = chance(rng, messy_rate)
    drawn = [kind for kind, likely in KINDS.items() if chance(rng, likely)]
    if len(drawn) < 3:
        drawn = ["titles", "numbers", "total"]
    flags = catalogue.synonyms.flags
    place = rng.randrange(min(len(words) for words in flags.values()))
    words = tuple(flags[word][min(place, len(flags[word]) - 1)] for word in ("是", "否"))
    return Habits(
        kinds=frozenset(drawn) if messy else frozenset(),
        date_styles=tuple(rng.sample(DATE_STYLES, 2)),
        number_styles=tuple(rng.sample(NUMBER_STYLES, 3)),
        flag_words=(words[0], words[1]),
        blank_mark=rng.choice(catalogue.synonyms.blank_marks),
        file_style=rng.choice(FILE_STYLES) if messy or chance(rng, 0.5) else "official",
        zeal=rng.uniform(0.15, 0.7),
    )
