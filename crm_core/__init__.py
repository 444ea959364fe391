"""The CRM: one folder per app, floors as in the handbook's page on architecture."""
