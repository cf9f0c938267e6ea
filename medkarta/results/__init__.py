"""Results of studies: reports, their values, and where a value stands against the laboratory's range."""
