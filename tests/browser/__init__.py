"""The portal as people meet it: the real product, in Debian's Chromium."""
