"""Detached signatures of documents (CMS, RFC 5652): read, verified, and traced to the operator's trust list."""
