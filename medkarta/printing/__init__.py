"""Sheets of paper: typesetting to PDF, the register of what was issued, and the public check behind the QR."""
