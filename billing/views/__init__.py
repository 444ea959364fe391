"""Pages of billing: the tenant's, the public site's, the operators'."""
