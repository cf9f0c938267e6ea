"""Pages of the person's own control: the access log, the account, the notifications."""
