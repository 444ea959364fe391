"""Stock django-tenants on the same models: the yardstick of the provisioning bench. Not part of the product."""
