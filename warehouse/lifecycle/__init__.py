"""From draft to published: stages, objections, approvals, publications and the audit trail of runs."""
