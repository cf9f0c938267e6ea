"""Cellar: words inside records. One index of all rooms, by first forms, typos forgiven."""
