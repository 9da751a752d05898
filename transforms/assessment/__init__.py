"""An assessment as a pure function: rubric and material in, the run's document out."""

from transforms.assessment.assembly import Result, Setting, assemble, evaluate
from transforms.assessment.material import Material

__all__ = ["Material", "Result", "Setting", "assemble", "evaluate"]
