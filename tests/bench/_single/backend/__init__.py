"""A plain database backend that sets role and path once, when it connects."""
