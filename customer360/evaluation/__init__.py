"""``make evaluate``: what predictions and identities are worth, judged by what happened and by who is who."""

from .identity_page import judge_folder, write_identity_page
from .page import lines_of, write_page
from .predictions import Judged, judge, judge_truth

__all__ = ["Judged", "judge", "judge_folder", "judge_truth", "lines_of", "write_identity_page", "write_page"]
