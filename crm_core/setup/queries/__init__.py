"""What a company answered, where it stands, which packs there are, and how the product is used."""
