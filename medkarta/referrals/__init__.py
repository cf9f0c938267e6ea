"""Referrals: for studies and consultations, and to a hospital."""
