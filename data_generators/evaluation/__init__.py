"""How hard and how lifelike the generated data are: measured, not claimed. Reads ``truth/``, unlike the pipeline."""
