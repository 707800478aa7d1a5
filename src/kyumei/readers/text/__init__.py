"""Readers of text logs that nobody described: what can be told without knowing the program."""
