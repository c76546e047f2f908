"""The playground under load and faults for minutes: ``python -m tests.soak``."""
