"""Sentences that are tried when nothing closer fits, as data."""
