"""Hall: people, the rows hospitals keep on them, representation, matching."""
