"""The reference server: the live API implemented over SQLite, for laptops, tests and the demo.

It shares no model with the client, so that a mistake on one side shows on the other.
"""
