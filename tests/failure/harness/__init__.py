"""The failure harness: a product with everything of one server, people who use it, blows, and the reckoning."""
