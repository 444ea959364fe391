"""The tenants room: registry, database context, schemas, upgrades, lease. Enter by ``tenants.api``."""
