"""Everything about Asterisk itself: getting it, its files, starting and stopping it."""
