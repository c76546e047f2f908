"""Numbers to findings: evaluation, comparison, and what may be concluded, in words."""
