"""The same tracking page as a developer of another framework would plainly write it.

For comparison only. Both know one province, read the product's tables and show the same text;
neither has sessions, tokens in forms, metrics or logs, which would only slow them down.
"""
