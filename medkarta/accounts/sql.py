"""The session's part of the one access statement (alias `s` session, `a` account), and the same without a session."""

_MAY_ENTER = "a.status = 'active' AND a.is_confirmed"
_HAS_CONSENT = """EXISTS (SELECT 1 FROM accounts_consent c WHERE c.account_id = a.id AND c.kind = 'processing'
            AND c.withdrawn_at IS NULL AND c.text_hash = %(consent_hash)s)"""
COLUMNS = f"""s.id, s.seen_at, s.authenticated_at, a.id, a.provider, a.preferences, a.last_person_key,
    {_HAS_CONSENT}"""
SOURCE = f"""FROM accounts_session s JOIN accounts_account a ON a.id = s.account_id
    WHERE s.token_hash = %(token_hash)s AND s.revoked_at IS NULL AND s.ends_at > %(now)s
      AND s.seen_at > %(idle_since)s AND {_MAY_ENTER}"""
WITHOUT_SESSION = f"FROM accounts_account a WHERE a.id = %(account)s AND {_MAY_ENTER} AND {_HAS_CONSENT}"
