"""Why a document cannot be read, in the clerk's words."""


class Unreadable(Exception):
    """The text is one Chinese sentence that says what is wrong with the file and what to do."""
