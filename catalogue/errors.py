"""The two kinds of error the platform knows besides findings in the data."""


class Refusal(Exception):
    """Something a user asked for cannot be done; the text is one sentence that says what to do instead."""


class CatalogueError(Exception):
    """A file of ours is broken; the text names the file, the code and the fix."""
