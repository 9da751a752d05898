"""The kinds of error the platform knows besides findings in the data."""


class Refusal(Exception):
    """Something a user asked for cannot be done; the text is one sentence that says what to do instead."""


class Unavailable(Exception):
    """The database or a process went away in the middle; nothing is lost, and the same work done again succeeds.

    Not a Refusal: whoever schedules work tries it again. The text is one sentence for the user.
    """


class CatalogueError(Exception):
    """A file of ours is broken; the text names the file, the code and the fix."""
