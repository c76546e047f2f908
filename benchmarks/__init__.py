"""What README quotes, with one command: python -m benchmarks."""
