"""Every component in every state, and whole pages built from them. Served in development and in tests only."""
