"""The ESIA stand-in: a separate process that speaks ESIA's protocol over HTTP, with invented persons. Loopback only."""
