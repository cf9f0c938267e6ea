"""2nd floor: visits that took place, with their diagnoses."""
