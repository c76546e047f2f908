"""What cannot be done, as a sentence for the user that says what to do."""


class Refusal(ValueError):
    """Something asked for that cannot be done. The message is one sentence for the user."""


def explain(error: Exception) -> str:
    """Why training or a download ended, as a sentence, whatever the error."""
    if isinstance(error, Refusal):
        return str(error)
    if isinstance(error, MemoryError) or "memory" in str(error).lower():
        return "There was not enough memory: use a smaller network, batch or number of images."
    return f"This failed unexpectedly ({type(error).__name__}: {error}). The log has the details."
