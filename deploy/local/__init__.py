"""The embedded servers and the supervisor behind ``./terem``.

Standard library only: this code runs before anything is installed.
"""
