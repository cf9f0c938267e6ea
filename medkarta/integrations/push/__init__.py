"""Messages to people's devices through their browsers' push services (Web Push)."""
