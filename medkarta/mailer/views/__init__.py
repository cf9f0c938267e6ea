"""Pages of the mailer: the bell, what was sent to addresses, and what somebody opens there."""
