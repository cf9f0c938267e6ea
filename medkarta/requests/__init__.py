"""Hall: the spine of everything that people ask for. Numbers, statuses and their history; content is the rooms'."""
