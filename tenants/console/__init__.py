"""What operators watch and say: announcements, maintenance, faults, queues, slow queries, the list of companies."""
