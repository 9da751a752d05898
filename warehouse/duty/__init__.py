"""What is due and who was told: obligations, concessions, explanations, alerts, contacts and the outbox of messages."""
