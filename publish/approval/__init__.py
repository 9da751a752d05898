"""What the approver is shown and how his answer is read."""
