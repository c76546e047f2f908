"""A playground for small neural networks; docs/design.md says which file does what."""

__version__ = "0.1.0"
