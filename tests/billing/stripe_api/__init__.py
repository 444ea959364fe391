"""Judging what is said to and by the payment provider: its OpenAPI document, and the library's own parameter types."""
