"""Terem on servers that somebody else runs."""
