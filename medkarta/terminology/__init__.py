"""Codes that the product needs, as data with its source; official dictionary files are loaded over them."""
