"""Checks of ``./terem check`` that no ready tool offers. Each gives sentences that say what to do."""
