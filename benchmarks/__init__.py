"""What docs/performance.md quotes, with one command: python -m benchmarks."""
