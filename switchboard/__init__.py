"""switchboard: the engine behind a company's main telephone number, on Asterisk."""

__version__ = "0.1.0"
