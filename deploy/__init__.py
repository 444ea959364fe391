"""Everything around the product: start, install, checks, images."""
