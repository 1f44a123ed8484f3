"""A believable shop, dirty on purpose, with the truth known.

``generate(GeneratorConfig(customers=5000, seed=42), out)`` writes a data folder: files of several source systems, the
``sources.yml`` that declares them, and ``truth/``, which only tests and evaluation read. The same configuration gives
the same bytes on any machine.
"""

from data_generators.config import GENERATOR_VERSION, GeneratorConfig, GeneratorError, Progress, Summary
from data_generators.days import add_days
from data_generators.folder import is_current
from data_generators.generate_messy_customers import generate

__all__ = [
    "GENERATOR_VERSION",
    "GeneratorConfig",
    "GeneratorError",
    "Progress",
    "Summary",
    "add_days",
    "generate",
    "is_current",
]
