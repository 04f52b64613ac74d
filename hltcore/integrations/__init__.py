"""Integrations: adapters between event logs and other training libraries, each an extra of its own."""
