"""A small stateful payment server that speaks the provider's API: for demonstrations and tests, never for money.

It listens on loopback only and keeps customers, prices, subscriptions, invoices and meters in memory (and in a
file, if told one). Its clock can be moved; its deliveries can be repeated, reordered, delayed and lost on purpose.
"""
