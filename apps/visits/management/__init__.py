"""Commands and demo data of the briefings."""
