"""Electronic signatures behind one interface: GOST R 34.10-2012 by OpenSSL, RSA where the engine is absent."""
