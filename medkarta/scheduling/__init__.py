"""Appointments, home visits, the waiting list and the times that clinics publish."""
