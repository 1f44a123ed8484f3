"""``make evaluate``: what predictions, identities and the rules of data quality are worth, judged by what is known."""

from .identity_page import judge_folder, write_identity_page
from .page import lines_of, write_page
from .predictions import Judged, judge, judge_truth
from .quality_page import judge_quality_of, write_quality_page

__all__ = [
    "Judged",
    "judge",
    "judge_folder",
    "judge_quality_of",
    "judge_truth",
    "lines_of",
    "write_identity_page",
    "write_page",
    "write_quality_page",
]
