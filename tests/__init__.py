"""The tests. Run them with ./terem test."""
