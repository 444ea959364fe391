"""What the custom elements do, by keyboard and pointer, in a real browser."""
