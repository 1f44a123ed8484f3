"""Words and shapes of each country: names, towns, streets, phone numbers, mail domains."""

from data_generators.words.countries import COUNTRIES, Country
from data_generators.words.lexicon import Lexicon, lexicon

__all__ = ["COUNTRIES", "Country", "Lexicon", "lexicon"]
