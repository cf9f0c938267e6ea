"""Door: the home page in one statement, and the statuses of requests. Owns no table."""
