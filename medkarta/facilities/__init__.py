"""Hall: the public directory of clinics, their sites, services and doctors."""
