"""Scores and ranks by a rubric: pure numpy, leading axes are resamples."""

from transforms.scoring.inputs import Inputs
from transforms.scoring.ranks import rank
from transforms.scoring.scores import Scores, score

__all__ = ["Inputs", "Scores", "rank", "score"]
