"""What several scores share: orders, agreement, spaces, limits of settings."""
