"""The laws of the house, one file per rule. A failure says what to do and where it is explained."""
