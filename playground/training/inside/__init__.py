"""What is asked of a stored network's inside: a file a question.

Each takes a ``LoadedNetwork`` first, and answers with plain arrays.
"""
