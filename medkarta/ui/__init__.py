"""Pages: layouts, macros, form fields, formats and static files. Knows no section of the portal."""
