"""Pages of the operators' console, one module per place."""
