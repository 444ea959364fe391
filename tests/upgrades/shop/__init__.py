"""A small tenant app in five releases that follow expand and contract; TEREM_TEST_SHOP chooses one.

1 keeps prices as text. 2 adds a column of numbers to the schema, which no code
reads yet. 3 writes both and fills the new column by a data step. 4 lets the text
go in the code. 5 drops its column.
"""
