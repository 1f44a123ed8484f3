"""The five systems that export the customers, each in its own format and with its own faults."""
