"""Bringing every company's schema to the newest release: rehearsed once, applied to all, resumable."""
