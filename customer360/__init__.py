"""customer360: messy customer data in, one trustworthy row per real person out, in PostgreSQL, for Power BI."""

__version__ = "0.1.0"
