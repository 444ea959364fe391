"""Terem on one Linux server: install, update, rollback, uninstall. Standard library only."""
