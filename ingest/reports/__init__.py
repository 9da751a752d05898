"""Narrative reports on their way into the warehouse: recognised, read in a sandbox, placed, stored, judged."""
