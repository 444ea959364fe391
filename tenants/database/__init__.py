"""The tenants' database alias: one wrapper that reads the context at every cursor."""
