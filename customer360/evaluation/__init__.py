"""``make evaluate-predictions``: what predictions are worth, judged by what happened after they were made."""

from .page import lines_of, write_page
from .predictions import Judged, judge, judge_truth

__all__ = ["Judged", "judge", "judge_truth", "lines_of", "write_page"]
