"""The session's part of the one access statement (alias `s` session, `a` account)."""

COLUMNS = """s.id, s.seen_at, s.authenticated_at, a.id, a.provider, a.preferences, a.last_person_key,
    EXISTS (SELECT 1 FROM accounts_consent c WHERE c.account_id = a.id AND c.kind = 'processing'
            AND c.withdrawn_at IS NULL AND c.text_hash = %(consent_hash)s)"""
SOURCE = """FROM accounts_session s JOIN accounts_account a ON a.id = s.account_id
    WHERE s.token_hash = %(token_hash)s AND s.revoked_at IS NULL AND s.ends_at > %(now)s
      AND s.seen_at > %(idle_since)s AND a.status = 'active' AND a.is_confirmed"""
