"""The pages Sweep and Search: many runs at once, and what they came to."""
