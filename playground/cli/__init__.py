"""The commands of ``python -m playground``.

Each command's file has ``add(commands)``, which defines its arguments and names its function.
"""


class CommandError(Exception):
    """A command cannot do what was asked; the message is for the user, one sentence a line."""
