"""The product on one schema: role switch, path and directory taken out. The yardstick of the requests bench."""
