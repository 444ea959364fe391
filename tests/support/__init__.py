"""What tests share: the throw-away cluster, tenants, the browser."""
