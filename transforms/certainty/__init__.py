"""How sure a rank is: chance in small counts, the choices of the rubric, gaps in the data; each apart and together."""

from transforms.certainty.certainty import SOURCES, Certainty, how_sure
from transforms.certainty.choices import Share
from transforms.certainty.placement import Line, Source
from transforms.certainty.report import as_json

__all__ = ["SOURCES", "Certainty", "Line", "Share", "Source", "as_json", "how_sure"]
