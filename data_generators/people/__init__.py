"""Who the customers really are, and how names, homes, phones and mailboxes of theirs change with time."""

from data_generators.people.population import Population, populate

__all__ = ["Population", "populate"]
