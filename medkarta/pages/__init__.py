"""1st floor: start page, about, help, announcements and the links of the footer."""
