"""The one error of this package: a sentence that a person in front of a terminal can act on."""


class EmbeddedFailure(Exception):
    """An embedded server cannot be started, reached or stopped; the message says why and what to do."""
