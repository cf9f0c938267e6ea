"""Medkarta: an open-source patient portal for a region's public health service."""

__version__ = "0.1.0"
