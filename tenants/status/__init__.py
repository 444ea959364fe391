"""The public status page: checks of each part written down by the clock, incidents and works told by operators."""
