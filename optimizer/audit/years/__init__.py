"""The audit of a tariff path."""
