"""Pages of the settings that this room answers: stages, packs, use of the product, backups."""
