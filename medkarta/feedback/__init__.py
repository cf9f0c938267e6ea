"""1st floor: problem reports, complaints and questions of anybody, signed in or not."""
